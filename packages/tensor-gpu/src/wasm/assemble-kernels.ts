import type { Kernels } from "../backend/kernels";
import { coreKernels } from "./core-kernels";
import { attentionKernels } from "./kernels/attention";
import { columnKernels } from "./kernels/columns";
import { crossEntropyKernels } from "./kernels/cross-entropy";
import { depthwiseConvKernels } from "./kernels/depthwise-conv";
import { expertKernels } from "./kernels/experts";
import { groupedGemmKernels } from "./kernels/grouped-gemm";
import { normKernels } from "./kernels/norms";
import { optimiserKernels } from "./kernels/optimisers";
import { poolKernels } from "./kernels/pools";
import { ropeKernels } from "./kernels/rope";
import { segmentKernels } from "./kernels/segments";
import { swigluKernels } from "./kernels/swiglu";
import type { Launcher } from "./launcher";

/** All kernels, collected from the modules of `kernels/`. */
export function assembleKernels(launcher: Launcher): Kernels {
  return {
    ...coreKernels(launcher),
    ...swigluKernels(launcher),
    ...crossEntropyKernels(launcher),
    ...normKernels(launcher),
    ...groupedGemmKernels(launcher),
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
