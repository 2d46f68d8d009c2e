import { TensorError } from "../errors";
import type { Tensor } from "../tensor/tensor";
import { ne } from "./binary";
import { assertIndex } from "./operands";

/** Every target is a class or ignored. @throws {TensorError} `ERR_DTYPE`, `ERR_RANGE` */
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
  // Some are outside: legal only if every one of them is the ignored index.
  const shifted = dense.where(ne(dense, ignoreIndex), 0);
  const at = kernels.firstOutOfRange(shifted, classes);
  if (at >= 0)
    throw new TensorError(
      "ERR_RANGE",
      `tensor-gpu/${op}: the target at position ${at} is outside [0, ${classes}) and not ignoreIndex ${ignoreIndex}`,
      { fields: { position: at, classes } },
    );
}
