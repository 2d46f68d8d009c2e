import type { Draw } from "../draw";
import { axisOf, floats, ints, type Recipe, resolved, shapeOf, sizeOf } from "../plans";

const any = (draw: Draw, shape: readonly number[]) =>
  draw.chance(0.2) ? ints(draw, shape, -5, 5) : floats(draw, shape);

/** A tensor and one of its axes. */
function along(draw: Draw) {
  const shape = shapeOf(draw);
  const dim = axisOf(draw, shape.length);
  const axis = resolved(dim, shape.length);
  return { shape, dim, axis, n: shape[axis]! };
}

function shuffled(draw: Draw, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return axes
    .map((axis) => ({ axis, key: draw.int(0, 1e6) }))
    .sort((a, b) => a.key - b.key)
    .map(({ axis }) => axis);
}

const joined: Recipe = (draw) => {
  const { shape, dim } = along(draw);
  return [Array.from({ length: draw.int(1, 3) }, () => floats(draw, shape)), dim];
};

export const shapes: Record<string, Recipe> = {
  contiguous: (draw) => [any(draw, shapeOf(draw, 0))],
  clone: (draw) => [any(draw, shapeOf(draw, 0))],
  reshape: (draw) => {
    const shape = shapeOf(draw, 0);
    return [
      any(draw, shape),
      draw.pick([[-1], [sizeOf(shape)], [1, ...shape], [...shape].reverse()]),
    ];
  },
  flatten: (draw) => {
    const shape = shapeOf(draw);
    const start = draw.int(0, shape.length - 1);
    return [any(draw, shape), start, draw.int(start, shape.length - 1)];
  },
  permute: (draw) => {
    const shape = shapeOf(draw, 0);
    return [any(draw, shape), shuffled(draw, shape.length)];
  },
  transpose: (draw) => {
    const { shape, dim } = along(draw);
    return [any(draw, shape), dim, axisOf(draw, shape.length)];
  },
  unsqueeze: (draw) => {
    const shape = shapeOf(draw, 0, 3);
    return [any(draw, shape), axisOf(draw, shape.length + 1)];
  },
  squeeze: (draw) => {
    const shape = [...shapeOf(draw, 0, 3), 1];
    return draw.chance(0.5) ? [any(draw, shape)] : [any(draw, shape), -1];
  },
  expand: (draw) => {
    const shape = shapeOf(draw, 0, 3).map((n) => (draw.chance(0.4) ? 1 : n));
    const target = shape.map((n) => (n === 1 ? draw.int(1, 4) : n));
    return [any(draw, shape), [draw.int(1, 3), ...target]];
  },
  narrow: (draw) => {
    const { shape, dim, n } = along(draw);
    const start = draw.int(0, n);
    return [any(draw, shape), dim, start, draw.int(0, n - start)];
  },
  select: (draw) => {
    const { shape, dim, axis, n } = along(draw);
    const sizes = shape.map((size, a) => (a === axis ? Math.max(1, n) : size));
    return [any(draw, sizes), dim, draw.int(0, Math.max(0, n - 1))];
  },
  split: (draw) => {
    const { shape, dim, n } = along(draw);
    const first = draw.int(0, n);
    return [any(draw, shape), [first, n - first], dim];
  },
  chunk: (draw) => {
    const { shape, dim, n } = along(draw);
    return [any(draw, shape), n % 2 === 0 ? 2 : 1, dim];
  },
  cat: joined,
  stack: joined,
  pad: (draw) => [
    any(draw, shapeOf(draw, 2)),
    Array.from({ length: 4 }, () => draw.int(0, 2)),
    { value: draw.int(-2, 2) },
  ],
  repeatInterleave: (draw) => {
    const { shape, dim } = along(draw);
    return [any(draw, shape), draw.int(0, 3), dim];
  },
};
