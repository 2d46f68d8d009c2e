/** @file Checks of index tables, O(n) per call. They are kernels, so they run where the table is stored and can be recorded. */
import type { View } from "../backend/view";
import { fail } from "../errors";
import { allocate, type Tensor } from "../tensor/tensor";
import { scalar } from "./support";

/** One dimension of a contiguous tensor: `size` elements from `start`. */
const part = (x: Tensor, start: number, size: number): View => ({
  storage: x.storage,
  offset: x.offset + start,
  shape: [size],
  strides: [1],
  dtype: x.dtype,
  size,
});

/** Position of the first pair of neighbours whose difference is outside [0, limit], or −1. @param offsets contiguous int32 */
function firstDescent(offsets: Tensor, limit: number): number {
  const { backend } = offsets.storage;
  const size = offsets.size - 1;
  if (size < 1 || !backend.readSync) return -1; // without readSync, int32 cannot be subtracted synchronously
  const steps = allocate("offsets", [size], "int32", backend);
  try {
    backend.kernels.arithmetic("sub", steps, part(offsets, 1, size), part(offsets, 0, size));
    return backend.kernels.firstOutOfRange(steps, limit + 1);
  } finally {
    steps.dispose();
  }
}

/** Position of the first entry that is neither −1 nor in [0, limit), or −1. @param index contiguous int32 */
function firstUnplaced(index: Tensor, limit: number): number {
  const { backend } = index.storage;
  if (!backend.readSync) return -1;
  const one = scalar(1, "int32", backend);
  const next = allocate("indices", [index.size], "int32", backend);
  try {
    const ones: View = { ...part(one, 0, index.size), strides: [0] };
    backend.kernels.arithmetic("add", next, part(index, 0, index.size), ones);
    return backend.kernels.firstOutOfRange(next, limit + 1);
  } finally {
    one.dispose();
    next.dispose();
  }
}

function refuse(op: string, what: string, position: number, range: string, limit: number): never {
  fail("ERR_RANGE", `${op}: the ${what} at position ${position} is outside ${range}`, {
    op,
    position,
    limit,
  });
}

/** @param index contiguous int32 @throws {TensorError} `ERR_RANGE` naming the first index outside [0, limit) */
export function assertIndicesBelow(op: string, index: Tensor, limit: number, what = "index"): void {
  const at = index.storage.backend.kernels.firstOutOfRange(index, limit);
  if (at >= 0) refuse(op, what, at, `[0, ${limit})`, limit);
}

/**
 * For tables where −1 stands for "dropped".
 * @param index contiguous int32
 * @throws {TensorError} `ERR_RANGE` naming the first index that is neither −1 nor in [0, limit)
 */
export function assertPlacesBelow(op: string, index: Tensor, limit: number, what: string): void {
  const at = firstUnplaced(index, limit);
  if (at >= 0) refuse(op, what, at, `[-1, ${limit})`, limit);
}

/**
 * Fills `out` with zeros where entries belong to no group: kernels write only the entries of a group.
 * @param out contiguous, in `count` equal parts, one per entry
 * @param offsets contiguous int32, checked
 */
export function clearOutsideGroups(out: Tensor, offsets: Tensor, count: number): void {
  const { kernels } = out.storage.backend;
  const startsAtFirst = kernels.firstOutOfRange(part(offsets, 0, 1), 1) < 0;
  const endsAtLast = kernels.firstOutOfRange(part(offsets, offsets.size - 1, 1), count) >= 0;
  if (!startsAtFirst || !endsAtLast) kernels.fill(out, 0);
}

/**
 * Offsets of groups of `limit` entries: group g owns offsets[g] … offsets[g+1]−1.
 * @param offsets contiguous int32
 * @throws {TensorError} `ERR_RANGE` unless they ascend within [0, limit]
 */
export function assertOffsets(op: string, offsets: Tensor, limit: number): void {
  const at = offsets.storage.backend.kernels.firstOutOfRange(offsets, limit + 1);
  if (at >= 0) refuse(op, "offset", at, `[0, ${limit}]`, limit);
  const descent = firstDescent(offsets, limit);
  if (descent >= 0)
    fail(
      "ERR_RANGE",
      `${op}: offsets must ascend, but the one at position ${descent + 1} is below the one before`,
      { op, position: descent + 1, limit },
    );
}
