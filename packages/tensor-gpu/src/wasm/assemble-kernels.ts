import type { Kernels } from "../backend/kernels";
import { attentionKernels } from "./kernels/attention";
import { elementwiseKernels } from "./kernels/elementwise";
import { expertKernels } from "./kernels/experts";
import { gatherKernels } from "./kernels/gather";
import { gemmKernels } from "./kernels/gemm";
import { groupedGemmKernels } from "./kernels/grouped-gemm";
import { imageKernels } from "./kernels/images";
import { memoryKernels } from "./kernels/memory";
import { optimiserKernels } from "./kernels/optimisers";
import { poolKernels } from "./kernels/pools";
import { randomKernels } from "./kernels/random";
import { reductionKernels } from "./kernels/reductions";
import { ropeKernels } from "./kernels/rope";
import { crossEntropyKernels, normKernels, rowKernels } from "./kernels/rows";
import { segmentKernels } from "./kernels/segments";
import type { Launcher } from "./launcher";

/** All kernels of the back end; each module of `kernels/` brings its part. */
export function assembleKernels(launcher: Launcher): Kernels {
  return {
    ...memoryKernels(launcher),
    ...elementwiseKernels(launcher),
    ...randomKernels(launcher),
    ...reductionKernels(launcher),
    ...rowKernels(launcher),
    ...crossEntropyKernels(launcher),
    ...normKernels(launcher),
    ...gemmKernels(launcher),
    ...groupedGemmKernels(launcher),
    ...gatherKernels(launcher),
    ...segmentKernels(launcher),
    ...expertKernels(launcher),
    ...optimiserKernels(launcher),
    ...poolKernels(launcher),
    ...imageKernels(launcher),
    ...ropeKernels(launcher),
    ...attentionKernels(launcher),
  };
}
