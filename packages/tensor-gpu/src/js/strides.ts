import type { View } from "../backend/view";

type Layout = Pick<View, "offset" | "shape" | "strides" | "size">;

/** Whether the elements lie one after the other in row-major order; axes of length 1 do not matter. */
export function isContiguous({ shape, strides, size }: Layout): boolean {
  if (size === 0) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Index of each element within its block, in row-major order. */
export function elementOffsets({ offset, shape, strides, size }: Layout): Float64Array {
  const offsets = new Float64Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let place = offset;
  for (let i = 0; i < size; i++) {
    offsets[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!; // Back to the start of this axis, then one step along the axis before it.
      index[axis] = 0;
    }
  }
  return offsets;
}

/** Length of the last axis, 1 for a scalar. */
export const lastAxis = ({ shape }: Layout) => shape[shape.length - 1] ?? 1;

/** Product of all axes but the last. */
export const leadingSize = ({ shape }: Layout) => shape.slice(0, -1).reduce((a, b) => a * b, 1);

/** Elements of one slice along the first axis. */
export const rowSize = ({ shape }: Layout) => shape.slice(1).reduce((a, b) => a * b, 1);
