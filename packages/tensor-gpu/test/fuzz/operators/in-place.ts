import { floats, ints, type Recipe, shapeOf } from "../plans";

/** Operators that overwrite their first argument. */
export const inPlace: Record<string, Recipe> = {
  fill_: (draw) => [
    draw.chance(0.5) ? floats(draw, shapeOf(draw, 0)) : ints(draw, shapeOf(draw, 0), -5, 5),
    draw.int(-8, 8),
  ],
  copy_: (draw) => {
    const shape = shapeOf(draw, 0);
    return [floats(draw, shape), draw.chance(0.5) ? floats(draw, shape) : ints(draw, shape, -5, 5)];
  },
  normal_: (draw) => [
    floats(draw, shapeOf(draw, 0)),
    { mean: draw.int(-4, 4) / 4, std: draw.int(0, 4) / 4 },
  ],
  uniform_: (draw) => [
    floats(draw, shapeOf(draw, 0)),
    { low: draw.int(-8, 0) / 4, high: draw.int(1, 8) / 4 },
  ],
};
