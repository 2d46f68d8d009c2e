import { fail } from "../errors";
import type { Tensor } from "../tensor/tensor";
import { ne } from "./binary";
import { assertIndex } from "./operands";

/** Checks that every target is a class or the ignored index. @throws {TensorError} `ERR_DTYPE`, `ERR_RANGE` */
export function checkTargets(
  op: string,
  targets: Tensor,
  classes: number,
  ignoreIndex: number,
): void {
  assertIndex(op, targets, targets);
  const { kernels } = targets.storage.backend;
  const dense = targets.contiguous();
  if (kernels.firstOutOfRange(dense, classes) < 0) return;
  // Some targets are out of range. This is valid only if each of them is the ignored index.
  const shifted = dense.where(ne(dense, ignoreIndex), 0);
  const at = kernels.firstOutOfRange(shifted, classes);
  if (at >= 0)
    fail(
      "ERR_RANGE",
      `${op}: the target at position ${at} is outside [0, ${classes}) and not ignoreIndex ${ignoreIndex}`,
      { position: at, classes },
    );
}
