/** @file Strides for a shape, as views of tensors come by. */

export type Layout = (shape: readonly number[]) => number[];

/** Row-major without gaps. */
export const contiguous: Layout = (shape) => padded(0)(shape);

/** Row-major, each row followed by `gap` foreign elements, so the last axis alone has stride 1. */
export const padded =
  (gap: number): Layout =>
  (shape) => {
    const strides = new Array<number>(shape.length).fill(1);
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const isRowAxis = axis === shape.length - 2;
      strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1) + (isRowAxis ? gap : 0);
    }
    return strides;
  };

/** Column-major: what transposing leaves. */
export const transposed: Layout = (shape) => contiguous([...shape].reverse()).reverse();

/** Every second element of a row-major block. */
export const stepped: Layout = (shape) => contiguous(shape).map((stride) => 2 * stride);

/** Row-major read backwards. */
export const reversed: Layout = (shape) => contiguous(shape).map((stride) => -stride);

/** Row-major, but one element serves for all of the named axes. */
export const repeated =
  (...axes: number[]): Layout =>
  (shape) => {
    const strides = contiguous(shape.map((n, axis) => (axes.includes(axis) ? 1 : n)));
    return strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  };

/** All layouts that fit any shape, by name. */
export const LAYOUTS = {
  contiguous,
  padded: padded(3),
  transposed,
  stepped,
  reversed,
} satisfies Record<string, Layout>;

export type LayoutName = keyof typeof LAYOUTS;
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as LayoutName[];
