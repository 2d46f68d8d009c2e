import { assertFloat, assertIndex } from "../ops/operands";
import { shapeError } from "../ops/support";
import type { Tensor } from "../tensor/tensor";
import { assertApart } from "./apart";
import { assertRows } from "./into";

/**
 * ids = index of the largest number of each row, the first of equal numbers or of NaN; top = that number.
 *
 * @param ids int32 [rows] @param top [rows] @param x shape [rows, n], n at least 1, contiguous; none shares memory with another
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function argmaxInto(ids: Tensor, top: Tensor, x: Tensor): void {
  assertFloat("argmaxInto", x, top);
  assertIndex("argmaxInto", x, ids);
  assertRows("argmaxInto", ids, top, x);
  const [rows, n] = x.shape as [number, number];
  if (x.rank !== 2 || n === 0 || ids.size !== rows || top.size !== rows)
    shapeError("argmaxInto", "ids and top [rows], x [rows, n]", ids.shape, top.shape, x.shape);
  assertApart("argmaxInto", "top and x", top, x);
  for (const out of [ids, top]) out.storage.noteWrite();
  const { kernels } = x.storage.backend;
  kernels.argReduce("max", ids, x, rows, n, 1);
  kernels.gather(top, x, ids, rows, n, 1, 1);
}
