import type { CompactKernels, CompactRows } from "../../backend/compact-kernels";
import type { Launcher } from "../launcher";

/** The kernels of weights in GGML's blocks and of float16. */
export type BlockKernels = Pick<CompactKernels, "encode" | "widen" | "dots">;

/** Makes the kernels. What they need of modules that every bundle holds is given to them, so that these stay together. */
export type BlockFamily = (
  launcher: Launcher,
  formatOf: (rows: CompactRows) => number,
  grain: (work: number) => number,
) => BlockKernels;

/** The family, once something has named it: a bundle without such weights does not hold it. */
export const blockFamily: { make?: BlockFamily } = {};
