import type { Kernels } from "../backend/kernels";
import { attentionKernels } from "./kernels/attention";
import { binaryKernels } from "./kernels/binary";
import { columnKernels } from "./kernels/columns";
import { crossEntropyKernels } from "./kernels/cross-entropy";
import { depthwiseConvKernels } from "./kernels/depthwise-conv";
import { expertKernels } from "./kernels/experts";
import { gatherKernels } from "./kernels/gather";
import { gemmKernels } from "./kernels/gemm";
import { groupedGemmKernels } from "./kernels/grouped-gemm";
import { memoryKernels } from "./kernels/memory";
import { normKernels } from "./kernels/norms";
import { optimiserKernels } from "./kernels/optimisers";
import { poolKernels } from "./kernels/pools";
import { randomKernels } from "./kernels/random";
import { reduceKernels } from "./kernels/reduce";
import { ropeKernels } from "./kernels/rope";
import { segmentKernels } from "./kernels/segments";
import { softmaxKernels } from "./kernels/softmax";
import { sortKernels } from "./kernels/sort";
import { swigluKernels } from "./kernels/swiglu";
import { unaryKernels } from "./kernels/unary";
import type { Launcher } from "./launcher";

/** All kernels of the backend, collected from the modules of `kernels/`. */
export function assembleKernels(launcher: Launcher): Kernels {
  return {
    ...memoryKernels(launcher),
    ...unaryKernels(launcher),
    ...binaryKernels(launcher),
    ...swigluKernels(launcher),
    ...randomKernels(launcher),
    ...reduceKernels(launcher),
    ...sortKernels(launcher),
    ...softmaxKernels(launcher),
    ...crossEntropyKernels(launcher),
    ...normKernels(launcher),
    ...gemmKernels(launcher),
    ...groupedGemmKernels(launcher),
    ...gatherKernels(launcher),
    ...segmentKernels(launcher),
    ...expertKernels(launcher),
    ...optimiserKernels(launcher),
    ...poolKernels(launcher),
    ...columnKernels(launcher),
    ...depthwiseConvKernels(launcher),
    ...ropeKernels(launcher),
    ...attentionKernels(launcher),
  };
}
