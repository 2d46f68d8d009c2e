import type { View } from "../backend/view";

/** One loop over elements, with the step of each operand along it. */
export interface Axis {
  readonly length: number;
  /** One per operand, in elements. */
  readonly strides: readonly number[];
}

/**
 * The axes of operands of the same shape, outermost first, without those of length 1, merged where all operands allow it.
 */
export function mergedAxes(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
): Axis[] {
  const axes: Axis[] = [];
  for (const [axis, length] of shape.entries()) {
    if (length === 1) continue;
    const steps = strides.map((all) => all[axis]!);
    const outer = axes.at(-1);
    const joins = outer?.strides.every((stride, operand) => stride === steps[operand]! * length);
    if (outer && joins) axes[axes.length - 1] = { length: outer.length * length, strides: steps };
    else axes.push({ length, strides: steps });
  }
  return axes;
}

/** Location of a view's elements in its block. */
export type Placement =
  | { readonly kind: "whole" }
  | { readonly kind: "span"; readonly offset: number; readonly size: number }
  | { readonly kind: "strided"; readonly offset: number; readonly axes: readonly PlacedAxis[] };

/** An axis used to decompose an index, largest step first. */
interface PlacedAxis {
  readonly length: number;
  /** Positive, in elements. */
  readonly stride: number;
  /** Elements of the view, in row-major order, from one index of this axis to the next; negative when it runs backwards. */
  readonly step: number;
}

/** Describes how element `e` of a block of `length` elements is located in `view`. */
export function placementOf({ offset, shape, strides, size }: View, length: number): Placement {
  const axes = mergedAxes(shape, [strides]);
  const isContiguous = axes.length === 0 || (axes.length === 1 && axes[0]!.strides[0] === 1);
  if (isContiguous)
    return offset === 0 && size === length ? { kind: "whole" } : { kind: "span", offset, size };
  let first = offset;
  let step = size;
  const placed = axes.map(({ length, strides }) => {
    const stride = strides[0]!;
    step /= length;
    if (stride < 0) first += stride * (length - 1);
    return { length, stride: Math.abs(stride), step: stride < 0 ? -step : step };
  });
  placed.sort((a, b) => b.stride - a.stride);
  return { kind: "strided", offset: first, axes: placed };
}
