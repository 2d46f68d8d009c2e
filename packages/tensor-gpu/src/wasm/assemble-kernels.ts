import type { Kernels } from "../backend/kernels";
import type { Launcher } from "./launcher";

/** All kernels of the back end; each module of `kernels/` brings its part. */
export function assembleKernels(_launcher: Launcher): Kernels {
  return {} as Kernels;
}
