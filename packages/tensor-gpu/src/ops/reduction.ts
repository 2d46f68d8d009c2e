import { assertOneOf } from "../tensor/sizes";

/** How the losses of single rows or elements are combined. */
export type Reduction = "mean" | "sum" | "none";

/** @throws {TensorError} `ERR_RANGE` */
export const assertReduction = (op: string, reduction: unknown): void =>
  assertOneOf(op, "reduction", reduction, ["mean", "sum", "none"]);
