import { ELEMENT_BYTES } from "../../backend/view";
import { TensorError } from "../../errors";

/** Axes that several strided operands share, from the innermost outwards. */
export interface Axes {
  readonly sizes: number[];
  /** Byte strides, one list an operand. */
  readonly strides: number[][];
}

const SIZE_SLOT = 9;
const STRIDE_SLOT = 16;
const STRIDE_SLOTS = 8;
const STEP_SLOT = 5;
const OUTER_AXES = 7;

/** Fewest axes that describe the operands: those of length 1 are dropped, neighbours merged where all operands allow. */
export function mergeAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Axes {
  const sizes: number[] = [];
  const merged: number[][] = strides.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const inner = sizes.length - 1;
    let isNext = inner >= 0;
    for (let o = 0; isNext && o < strides.length; o++)
      isNext = strides[o]![axis]! * ELEMENT_BYTES === merged[o]![inner]! * sizes[inner]!;
    if (isNext) sizes[inner]! *= size;
    else {
      sizes.push(size);
      for (let o = 0; o < strides.length; o++) merged[o]!.push(strides[o]![axis]! * ELEMENT_BYTES);
    }
  }
  return { sizes, strides: merged };
}

/** Writes the axes from `outerFrom` outwards as outer axes, outermost first; see `assembly/strided.as`. */
export function setOuterAxes(ints: Int32Array, { sizes, strides }: Axes, outerFrom: number): void {
  const rank = Math.max(sizes.length - outerFrom, 0);
  if (rank > OUTER_AXES) {
    throw new TensorError("ERR_SHAPE", "wasm: a strided kernel takes at most 8 unmergeable axes", {
      axes: rank + outerFrom,
    });
  }
  ints[SIZE_SLOT - 1] = rank;
  for (let o = 0; o < strides.length; o++) ints[STRIDE_SLOT + STRIDE_SLOTS * o] = 0;
  for (let i = 0; i < rank; i++) {
    const axis = sizes.length - 1 - i;
    ints[SIZE_SLOT + i] = sizes[axis]!;
    for (let o = 0; o < strides.length; o++)
      ints[STRIDE_SLOT + STRIDE_SLOTS * o + i] = strides[o]![axis]!;
  }
}

/** Writes slots 4 to 39 of a kernel that walks over rows of strided operands; see `assembly/strided.as`. */
export function setWalk(ints: Int32Array, axes: Axes): void {
  ints[STEP_SLOT - 1] = axes.sizes[0] ?? 1;
  for (let o = 0; o < axes.strides.length; o++) ints[STEP_SLOT + o] = axes.strides[o]![0] ?? 0;
  setOuterAxes(ints, axes, 1);
}
