import type { Kernels } from "../backend/kernels";
import { binaryKernels } from "./kernels/binary";
import { gatherKernels } from "./kernels/gather";
import { gemmKernels } from "./kernels/gemm";
import { memoryKernels } from "./kernels/memory";
import { randomKernels } from "./kernels/random";
import { reduceKernels } from "./kernels/reduce";
import { softmaxKernels } from "./kernels/softmax";
import { sortKernels } from "./kernels/sort";
import { unaryKernels } from "./kernels/unary";
import type { Launcher } from "./launcher";

/** The kernels that tensors' methods need; those of other operators come with them, see `withKernels`. */
export function coreKernels(launcher: Launcher) {
  return {
    ...memoryKernels(launcher),
    ...unaryKernels(launcher),
    ...binaryKernels(launcher),
    ...randomKernels(launcher),
    ...reduceKernels(launcher),
    ...sortKernels(launcher),
    ...softmaxKernels(launcher),
    ...gemmKernels(launcher),
    ...gatherKernels(launcher),
  } satisfies Partial<Kernels>;
}
