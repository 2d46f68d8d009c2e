import { ELEMENT_BYTES, type View } from "../../backend/view";
import { fail } from "../../errors";

/** Axes that several strided operands share, from the innermost outwards. */
export interface Axes {
  readonly sizes: number[];
  /** Byte strides, one list per operand. */
  readonly strides: number[][];
}

/** Outer axes whose sizes and strides fit into a kernel's arguments. */
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

/**
 * The axes from `outerFrom` outwards as `assembly/walk.as` reads them: their number, then, outermost first, their sizes and
 * each operand's strides along them.
 */
export function outerAxes({ sizes, strides }: Axes, outerFrom: number): number[] {
  const rank = Math.max(sizes.length - outerFrom, 0);
  if (rank > OUTER_AXES) {
    fail("ERR_SHAPE", "wasm: a strided kernel takes at most 8 unmergeable axes", {
      axes: rank + outerFrom,
    });
  }
  const words = [rank];
  for (const list of [sizes, ...strides])
    for (let axis = sizes.length - 1; axis >= outerFrom; axis--) words.push(list[axis]!);
  return words;
}

/** The row that a kernel traverses: its number of elements, then each operand's step. */
export const rowOf = ({ sizes, strides }: Axes): [number, ...number[]] => [
  sizes[0] ?? 1,
  ...strides.map((steps) => steps[0] ?? 0),
];

/** Strides of batch, position and head. */
export function leadingStrides({ strides }: View): [number, number, number] {
  const [batch = 0, position = 0, head = 0] = strides;
  return [batch, position, head];
}
