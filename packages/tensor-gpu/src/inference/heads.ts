import { assertFloat } from "../ops/operands";
import { shapeError } from "../ops/support";
import type { Tensor } from "../tensor/tensor";
import { assertApart, assertDistinct } from "./apart";

/**
 * out[:, h] = x[:, h]·weight[h] for each head.
 *
 * @param out shape [rows, heads, n], unit last stride; shares no memory with the others
 * @param x shape [rows, heads, k], of any strides
 * @param weight shape [heads, k, n], of any strides
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function perHeadInto(out: Tensor, x: Tensor, weight: Tensor): void {
  assertFloat("perHeadInto", out, x, weight);
  const [rows, heads, k] = x.shape as [number, number, number];
  const n = weight.shape[2]!;
  const fits =
    [out, x, weight].every(({ rank }) => rank === 3) &&
    weight.shape[0] === heads &&
    weight.shape[1] === k &&
    out.shape[0] === rows &&
    out.shape[1] === heads &&
    out.shape[2] === n;
  if (!fits || out.strides[2] !== 1)
    shapeError(
      "perHeadInto",
      "out [rows, heads, n], x [rows, heads, k], weight [heads, k, n]",
      out.shape,
      x.shape,
      weight.shape,
    );
  assertDistinct("perHeadInto", "out", out);
  assertApart("perHeadInto", "out and x", out, x);
  assertApart("perHeadInto", "out and weight", out, weight);
  out.storage.noteWrite();
  out.storage.backend.kernels.gemm(out, x, weight, {
    m: rows,
    n,
    k,
    batch0: heads,
    batch1: 1,
    aRow: x.strides[0]!,
    aCol: x.strides[2]!,
    aBatch0: x.strides[1]!,
    aBatch1: 0,
    bRow: weight.strides[1]!,
    bCol: weight.strides[2]!,
    bBatch0: weight.strides[0]!,
    bBatch1: 0,
    cRow: out.strides[0]!,
    cBatch0: out.strides[1]!,
    cBatch1: 0,
    accumulate: false,
  });
}
