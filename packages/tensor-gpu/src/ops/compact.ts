/** @file Products and look-ups with weights of compact types (fewer bits than float32). */
import { tracked } from "../autograd/track";
import type { CompactRows } from "../backend/compact-kernels";
import type { CompactType, View } from "../backend/view";
import { fail } from "../errors";
import {
  allocateCompact,
  type CompactTensor,
  compactKernels,
  notHeld,
} from "../tensor/compact-tensor";
import { contiguousStrides, type Shape, sizeOf } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";

/** Number of weight elements widened at a time for a product of many rows; chosen to fit the cache next to the core. */
const WIDENED = 1 << 18;

/** Records a result on the tape so that a backward pass throws an error explaining why there is no gradient. */
function withoutGradient(
  op: string,
  out: Tensor,
  { dtype }: CompactTensor,
  inputs: readonly (Tensor | null)[],
): Tensor {
  return tracked(op, out, inputs, () => () => {
    fail(
      "ERR_AUTOGRAD",
      `${op}: no gradient goes through a weight of type ${dtype}; train the model in float32`,
      { op, dtype },
    );
  });
}

/** Rows of a dense tensor from `first` on, as a view of another shape. */
const part = (x: Tensor, first: number, shape: Shape): View => ({
  storage: x.storage,
  offset: x.offset + first,
  shape,
  strides: contiguousStrides(shape),
  dtype: x.dtype,
  size: sizeOf(shape),
});

/** out [m, n] (+)= x [m, k]·rowsᵀ, both dense views. */
function product(
  out: View,
  x: View,
  rows: CompactRows,
  weight: CompactTensor,
  adds: boolean,
): void {
  const { backend } = weight.storage;
  const { dots, widen } = compactKernels(backend);
  const [m, n, k] = [x.shape[0]!, rows.rows, rows.columns];
  if (m * n === 0 || dots(out, x, rows, adds)) return;
  const step = Math.min(n, Math.max(64, Math.floor(WIDENED / k / 8) * 8));
  const wide = allocate("widen", [step, k], "float32", backend);
  const rowBytes = weight.rowBytes;
  try {
    for (let first = 0; first < n; first += step) {
      const count = Math.min(step, n - first);
      const byteOffset = rows.byteOffset + first * rowBytes;
      widen(part(wide, 0, [count, k]), { ...rows, rows: count, byteOffset }, null);
      const target = { ...out, offset: out.offset + first };
      backend.kernels.gemm(target, x, wide, {
        m,
        n: count,
        k,
        batch0: 1,
        batch1: 1,
        accumulate: adds,
        aRow: k,
        aCol: 1,
        aBatch0: 0,
        aBatch1: 0,
        bRow: 1,
        bCol: k,
        bBatch0: 0,
        bBatch1: 0,
        cRow: n,
        cBatch0: 0,
        cBatch1: 0,
      });
    }
  } finally {
    wide.dispose();
  }
}

/** out [m, n] = or += x [m, k]·weightᵀ, off the tape; out and x contiguous. */
export const compactProduct = (
  out: Tensor,
  x: Tensor,
  weight: CompactTensor,
  adds: boolean,
): void => product(out, x, weight.rows(), weight, adds);

/** As `linear`, for a compact weight of whole rows. */
export function compactLinear(x: Tensor, weight: CompactTensor, bias: Tensor | null): Tensor {
  const [n, k] = weight.shape as [number, number];
  const { backend } = x.storage;
  const dense = x.contiguous();
  const out = allocate("linear", [...x.shape.slice(0, -1), n], "float32", backend);
  const m = n === 0 ? 0 : out.size / n;
  if (bias) backend.kernels.copy(out, bias.expand(out.shape));
  const [rows, target] = [part(dense, 0, [m, k]), part(out, 0, [m, n])];
  product(target, rows, weight.rows(), weight, bias !== null);
  return withoutGradient("linear", out, weight, [x, bias]);
}

/** As `groupedLinear`: the rows of group g are offsets[g] … offsets[g + 1] − 1. */
export function compactGroupedLinear(
  x: Tensor,
  weight: CompactTensor,
  offsets: ArrayLike<number>,
): Tensor {
  const [groups, n, k] = weight.shape as [number, number, number];
  const { backend } = x.storage;
  const dense = x.contiguous();
  const out = allocate("groupedLinear", [x.shape[0]!, n], "float32", backend);
  if (offsets[0] !== 0 || offsets[groups] !== x.shape[0]) backend.kernels.fill(out, 0);
  for (let g = 0; g < groups; g++) {
    const [first, end] = [offsets[g]!, offsets[g + 1]!];
    if (first === end) continue;
    const rows = part(dense, first * k, [end - first, k]);
    const target = part(out, first * n, [end - first, n]);
    product(target, rows, weight.rowsFrom(g * n, n), weight, false);
  }
  return withoutGradient("groupedLinear", out, weight, [x]);
}

/** The rows with these numbers as float32; out [m, k], index int32 [m], checked by the caller. */
export function widenRows(out: View, weight: CompactTensor, index: Tensor | null): void {
  if (out.size > 0) compactKernels(weight.storage.backend).widen(out, weight.rows(), index);
}

/** The tensor as float32. */
export function widened(weight: CompactTensor): Tensor {
  const { shape, storage, columns } = weight;
  const isTransposed = !weight.isContiguous && weight.rank === 2 && weight.strides[0] === 1;
  const rows = isTransposed ? (weight.transpose() as CompactTensor) : weight;
  const out = allocate("cast", rows.shape, "float32", storage.backend);
  widenRows(part(out, 0, [out.size / columns, columns]), rows, null);
  return isTransposed ? out.transpose().contiguous() : out.reshape(shape);
}

/** A float32 tensor in compact form. @throws {TensorError} `ERR_RANGE` for values that the type does not hold */
export function compacted(x: Tensor, dtype: CompactType): CompactTensor {
  const dense = x.contiguous();
  const out = allocateCompact("cast", x.shape, dtype, x.storage.backend);
  const { columns } = out;
  const rows = part(dense, 0, [x.size / columns, columns]);
  if (x.size === 0 || compactKernels(x.storage.backend).encode(out.rows(), rows)) return out;
  out.dispose();
  throw notHeld(dtype);
}
