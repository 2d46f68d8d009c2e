import type { Kernels } from "../backend/kernels";
import type { Heap } from "./cell-heap";
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
import { watchHeap } from "./watched-heap";

/** A kernel before it knows its memory; those that a back end may leave out are left out. */
type OnHeap = {
  [Name in keyof Kernels as undefined extends Kernels[Name] ? never : Name]: Kernels[Name] extends (
    ...args: infer Arguments
  ) => infer Result
    ? (heap: Heap, ...args: Arguments) => Result
    : never;
};

const implementations: OnHeap = {
  ...{ fill, copy, random, dropout },
  ...{ unary, unaryGrad, arithmetic, compare, where, addScaled, swiglu, swigluGrad },
  ...{ reduce, argReduce, cumsum, sort },
  ...{ gemm, groupedGemm, groupedGemmWeight },
  ...{ softmax, softmaxGrad, logSoftmax, logSoftmaxGrad, logSumExp },
  ...{ crossEntropy, crossEntropyGrad },
  ...{ layerNorm, layerNormGrad, layerNormParamGrad, rmsNorm, rmsNormGrad, rmsNormParamGrad },
  ...{ rope, attention, attentionGrad },
  ...{ firstOutOfRange, gatherRows, scatterAddRows, gather, scatter },
  ...{ segmentReduce, segmentArgMax, segmentDot, segmentSoftmax, segmentSoftmaxGrad },
  ...{ countingSort, expandRows, combineRows, rowDots },
  ...{ im2col, col2im, depthwiseConv, depthwiseConvGrad },
  ...{ maxPool, maxPoolGrad, avgPool, avgPoolGrad },
  ...{ squaredNorms, adamw, sgd },
};

/** Every kernel, working on the blocks of `heap`. One that fails leaves nothing of its own on the device. */
export function kernelsOn(heap: Heap): Kernels {
  const watched = watchHeap(heap);
  const bind =
    (kernel: (heap: Heap, ...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      try {
        return kernel(watched.heap, ...args);
      } finally {
        watched.releaseHeld();
      }
    };
  const bound = Object.entries(implementations).map(([name, kernel]) => [
    name,
    bind(kernel as (heap: Heap, ...args: unknown[]) => unknown),
  ]);
  return Object.fromEntries(bound) as Kernels;
}
