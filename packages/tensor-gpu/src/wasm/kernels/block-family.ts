import type { CompactKernels, CompactRows } from "../../backend/compact-kernels";
import { fail } from "../../errors";
import type { Address } from "../arguments";
import type { Launcher } from "../launcher";

/** The kernels of weights in GGML's blocks and of float16. */
export type BlockKernels = Pick<CompactKernels, "encode" | "widen" | "dots">;

/** How kernels see rows of a type. */
export interface RowArguments {
  /** Address of the first row. */
  readonly address: Address & number;
  /** A `CompactFormat`. */
  readonly format: number;
}

/** Makes the kernels. What they need of modules that every bundle holds is given to them, so that these stay together. */
export type BlockFamily = (
  launcher: Launcher,
  rowsOf: (rows: CompactRows) => RowArguments,
  grain: (work: number) => number,
) => BlockKernels;

let family: BlockFamily | undefined;

/** Makes a family of kernels known, which a bundle without such weights does not hold. */
export function provideBlockKernels(made: BlockFamily): void {
  family = made;
}

/** Whether the family is known. */
export const hasBlockKernels = (): boolean => family !== undefined;

/** @throws {TensorError} `ERR_BACKEND` before a family is known */
export function blockKernelsOf(...given: Parameters<BlockFamily>): BlockKernels {
  if (family) return family(...given);
  fail(
    "ERR_BACKEND",
    "tensor-gpu: call enableBlockTypes() before weights are converted to float16, q4_0 or q5_0",
  );
}
