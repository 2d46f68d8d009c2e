/** @file The kernels of the contract that there are in WGSL. */

import { attentionKernels } from "./attention";
import { binaryKernels } from "./binary";
import { crossEntropyKernels } from "./cross-entropy";
import { expertKernels } from "./experts";
import { gatherKernels } from "./gather";
import { gemm } from "./gemm";
import { groupedKernels } from "./grouped-gemm";
import { memoryKernels } from "./memory";
import { normKernels } from "./norms";
import { optimiserKernels } from "./optimisers";
import { randomKernels } from "./random";
import { reduceKernels } from "./reduce";
import { ropeKernels } from "./rope";
import { softmaxKernels } from "./softmax";
import { sortKernels } from "./sort";
import { swigluKernels } from "./swiglu";
import { unaryKernels } from "./unary";

export const KERNELS = {
  ...attentionKernels,
  ...binaryKernels,
  ...crossEntropyKernels,
  ...expertKernels,
  ...gatherKernels,
  gemm,
  ...groupedKernels,
  ...memoryKernels,
  ...normKernels,
  ...optimiserKernels,
  ...randomKernels,
  ...reduceKernels,
  ...ropeKernels,
  ...softmaxKernels,
  ...sortKernels,
  ...swigluKernels,
  ...unaryKernels,
};
