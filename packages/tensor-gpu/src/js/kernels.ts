import type { Kernels } from "../backend/kernels";
import { attention } from "./attention/attention";
import { attentionGrad } from "./attention/attention-grad";
import { rope } from "./attention/rope";
import { addScaled, arithmetic, compare, where } from "./elementwise/binary";
import { swiglu, swigluGrad } from "./elementwise/swiglu";
import { unary, unaryGrad } from "./elementwise/unary";
import { combineRows, countingSort, expandRows, rowDots } from "./experts/experts";
import { firstOutOfRange, gather, gatherRows, scatter, scatterAddRows } from "./gather/gather";
import type { Heap } from "./heap";
import { avgPool, avgPoolGrad } from "./images/avg-pool";
import { col2im, im2col } from "./images/columns";
import { depthwiseConv, depthwiseConvGrad } from "./images/depthwise-conv";
import { maxPool, maxPoolGrad } from "./images/max-pool";
import { gemm } from "./matmul/gemm";
import { groupedGemm, groupedGemmWeight } from "./matmul/grouped-gemm";
import { copy, fill } from "./memory";
import { adamw } from "./optimisers/adamw";
import { sgd } from "./optimisers/sgd";
import { squaredNorms } from "./optimisers/squared-norms";
import { dropout, random } from "./random/random";
import { argReduce } from "./reduce/arg-reduce";
import { cumsum } from "./reduce/cumsum";
import { reduce } from "./reduce/reduce";
import { sort } from "./reduce/sort";
import { crossEntropy, crossEntropyGrad } from "./rows/cross-entropy";
import { layerNorm, layerNormGrad, layerNormParamGrad } from "./rows/layer-norm";
import { rmsNorm, rmsNormGrad, rmsNormParamGrad } from "./rows/rms-norm";
import { logSoftmax, logSoftmaxGrad, logSumExp, softmax, softmaxGrad } from "./rows/softmax";
import { segmentArgMax, segmentDot, segmentReduce } from "./segments/segment-reduce";
import { segmentSoftmax, segmentSoftmaxGrad } from "./segments/segment-softmax";

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
