import { withShortcuts } from "../backend/with-kernels";
import { assertFloat, assertIndex } from "../ops/operands";
import { shapeError } from "../ops/support";
import type { Tensor } from "../tensor/tensor";
import { largestShortcut } from "../wasm/kernels/largest";
import { assertApart } from "./apart";
import { assertRows } from "./into";

/**
 * ids = index of the largest number of each row of x·weightᵀ, the first of equal numbers or of NaN; top = that number. The
 * product is not written to memory.
 *
 * @param ids int32 [rows] @param top [rows]; neither shares memory with `x` or `weight`
 * @param x shape [rows, in], contiguous @param weight shape [out, in], float32
 * @returns false where the backend has no kernel for these shapes; nothing was computed then
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function linearArgmaxInto(ids: Tensor, top: Tensor, x: Tensor, weight: Tensor): boolean {
  assertFloat("linearArgmaxInto", x, top, weight);
  assertIndex("linearArgmaxInto", x, ids);
  assertRows("linearArgmaxInto", ids, top, x);
  const [rows, size] = x.shape;
  const fits = x.rank === 2 && weight.rank === 2 && weight.shape[1] === size;
  if (!fits || ids.size !== rows || top.size !== rows)
    shapeError(
      "linearArgmaxInto",
      "ids and top [rows], x [rows, in], weight [out, in]",
      ...[ids.shape, top.shape, x.shape, weight.shape],
    );
  assertApart("linearArgmaxInto", "top and x", top, x);
  assertApart("linearArgmaxInto", "top and weight", top, weight);
  for (const out of [ids, top]) out.storage.noteWrite();
  if (!weight.isContiguous) return false;
  const { shortcuts } = withShortcuts(x.storage.backend, "largest", largestShortcut);
  return shortcuts?.largest?.(ids, top, x, weight) ?? false;
}
