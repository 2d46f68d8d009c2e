import type { Draw } from "../draw";
import { bools, floats, ints, type Recipe, shapeOf, type TensorPlan } from "../plans";

const one: Recipe = (draw) => [floats(draw, shapeOf(draw, 0))];

/** A shape that broadcasts with `shape`. */
const partner = (draw: Draw, shape: readonly number[]) =>
  shape.map((n) => (draw.chance(0.2) ? 1 : n)).slice(draw.chance(0.2) ? 1 : 0);

const numeric = (draw: Draw, shape: readonly number[]): TensorPlan =>
  draw.chance(0.25) ? ints(draw, shape, -5, 5) : floats(draw, shape);

const two: Recipe = (draw) => {
  const shape = shapeOf(draw, 0);
  const other = draw.chance(0.25) ? draw.int(-8, 8) / 4 : numeric(draw, partner(draw, shape));
  return [numeric(draw, shape), other];
};

const UNARY =
  "neg abs sign exp expm1 log log1p sqrt rsqrt reciprocal square sin cos tanh sigmoid logSigmoid softplus relu silu erf floor ceil round logicalNot";
const BINARY = "add sub mul div pow maximum minimum remainder eq ne lt le gt ge";

const all = (names: string, recipe: Recipe): Record<string, Recipe> =>
  Object.fromEntries(names.split(" ").map((name) => [name, recipe]));

export const elementwise: Record<string, Recipe> = {
  ...all(UNARY, one),
  ...all(BINARY, two),
  compare: (draw) => [draw.pick(["eq", "ne", "lt", "le", "gt", "ge"] as const), ...two(draw)],
  leakyRelu: (draw) => [floats(draw, shapeOf(draw, 0)), draw.int(0, 4) / 4],
  elu: (draw) => [floats(draw, shapeOf(draw, 0)), draw.int(1, 4) / 2],
  gelu: (draw) => [
    floats(draw, shapeOf(draw, 0)),
    { approximate: draw.pick(["none", "tanh"] as const) },
  ],
  logicalAnd: (draw) => {
    const shape = shapeOf(draw, 0);
    return [bools(draw, shape), numeric(draw, partner(draw, shape))];
  },
  logicalOr: (draw) => {
    const shape = shapeOf(draw, 0);
    return [bools(draw, shape), numeric(draw, partner(draw, shape))];
  },
  where: (draw) => {
    const shape = shapeOf(draw, 0);
    return [bools(draw, partner(draw, shape)), ...two(draw)].map((value, i) =>
      i === 0 ? value : draw.chance(0.3) ? draw.int(-3, 3) : numeric(draw, partner(draw, shape)),
    );
  },
  maskedFill: (draw) => {
    const shape = shapeOf(draw, 0);
    return [numeric(draw, shape), bools(draw, partner(draw, shape)), draw.int(-3, 3)];
  },
  clamp: (draw) => [numeric(draw, shapeOf(draw, 0)), { min: draw.int(-8, 0) / 4, max: 1.25 }],
  dropout: (draw) => [floats(draw, shapeOf(draw, 0)), draw.int(0, 3) / 4, { training: true }],
  astype: (draw) => [
    numeric(draw, shapeOf(draw, 0)),
    draw.pick(["float32", "int32", "bool"] as const),
  ],
  to: (draw) => [
    numeric(draw, shapeOf(draw, 0)),
    { dtype: draw.pick(["float32", "int32", "bool"] as const) },
  ],
};
