import type { Kernels } from "../backend/kernels";
import type { Heap } from "./array-heap";
import { attention } from "./kernels/attention";
import { attentionGrad } from "./kernels/attention-grad";
import { addScaled, arithmetic, compare, where } from "./kernels/binary";
import { col2im, im2col } from "./kernels/columns";
import { crossEntropy, crossEntropyGrad } from "./kernels/cross-entropy";
import { depthwiseConv, depthwiseConvGrad } from "./kernels/depthwise-conv";
import { combineRows, countingSort, expandRows, rowDots } from "./kernels/experts";
import { firstOutOfRange, gather, gatherRows, scatter, scatterAddRows } from "./kernels/gather";
import { gemm } from "./kernels/gemm";
import { groupedGemm, groupedGemmWeight } from "./kernels/grouped-gemm";
import { copy, fill } from "./kernels/memory";
import {
  layerNorm,
  layerNormGrad,
  layerNormParamGrad,
  rmsNorm,
  rmsNormGrad,
  rmsNormParamGrad,
} from "./kernels/norms";
import { adamw, sgd, squaredNorms } from "./kernels/optimisers";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./kernels/pools";
import { dropout, random } from "./kernels/random";
import { argReduce, cumsum, reduce } from "./kernels/reduce";
import { rope } from "./kernels/rope";
import {
  segmentArgMax,
  segmentDot,
  segmentReduce,
  segmentSoftmax,
  segmentSoftmaxGrad,
} from "./kernels/segments";
import { logSoftmax, logSoftmaxGrad, logSumExp, softmax, softmaxGrad } from "./kernels/softmax";
import { sort } from "./kernels/sort";
import { swiglu, swigluGrad } from "./kernels/swiglu";
import { unary, unaryGrad } from "./kernels/unary";

/** A kernel before it knows its memory. */
type OnHeap = {
  [Name in keyof Kernels]: (
    heap: Heap,
    ...args: Parameters<Kernels[Name]>
  ) => ReturnType<Kernels[Name]>;
};

const implementations: OnHeap = {
  fill,
  copy,
  unary,
  unaryGrad,
  arithmetic,
  compare,
  where,
  addScaled,
  swiglu,
  swigluGrad,
  dropout,
  random,
  reduce,
  argReduce,
  cumsum,
  sort,
  gemm,
  groupedGemm,
  groupedGemmWeight,
  softmax,
  softmaxGrad,
  logSoftmax,
  logSoftmaxGrad,
  logSumExp,
  crossEntropy,
  crossEntropyGrad,
  layerNorm,
  layerNormGrad,
  layerNormParamGrad,
  rmsNorm,
  rmsNormGrad,
  rmsNormParamGrad,
  rope,
  attention,
  attentionGrad,
  firstOutOfRange,
  gatherRows,
  scatterAddRows,
  gather,
  scatter,
  segmentReduce,
  segmentArgMax,
  segmentDot,
  segmentSoftmax,
  segmentSoftmaxGrad,
  countingSort,
  expandRows,
  combineRows,
  rowDots,
  im2col,
  col2im,
  depthwiseConv,
  depthwiseConvGrad,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  squaredNorms,
  adamw,
  sgd,
};

/** Every kernel, working on the blocks of `heap`. */
export function kernelsOn(heap: Heap): Kernels {
  const bound = Object.entries(implementations).map(([name, kernel]) => [
    name,
    (kernel as (heap: Heap, ...args: unknown[]) => unknown).bind(null, heap),
  ]);
  return Object.fromEntries(bound) as Kernels;
}
