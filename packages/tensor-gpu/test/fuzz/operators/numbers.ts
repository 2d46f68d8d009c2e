import { axisOf, bools, floats, ints, type Recipe, shapeOf } from "../plans";

const reduced: Recipe = (draw) => {
  const shape = shapeOf(draw);
  const dim = draw.pick<unknown>([
    axisOf(draw, shape.length),
    [axisOf(draw, shape.length)],
    [...shape.keys()],
  ]);
  const x = floats(draw, shape);
  return draw.chance(0.3) ? [x] : [x, { dim, keepDim: draw.chance(0.5) }];
};

/** Also of whole numbers. */
const counted: Recipe = (draw) => {
  const [x, options = {}] = reduced(draw) as [{ shape: number[] }, object?];
  const whole = draw.chance(0.5) ? ints(draw, x.shape, -3, 3) : bools(draw, x.shape);
  return draw.chance(0.3) ? [whole, options] : [x, options];
};

const extreme: Recipe = (draw) => {
  const shape = shapeOf(draw).map((n) => Math.max(1, n));
  const dim = axisOf(draw, shape.length);
  return draw.chance(0.3)
    ? [floats(draw, shape), {}]
    : [floats(draw, shape), { dim, keepDim: draw.chance(0.5) }];
};

const alongDim: Recipe = (draw) => {
  const shape = shapeOf(draw);
  return [floats(draw, shape), { dim: axisOf(draw, shape.length) }];
};

const affine: Recipe = (draw) => {
  const shape = shapeOf(draw);
  const n = shape.at(-1)!;
  const parameter = () => (draw.chance(0.25) ? null : floats(draw, [n]));
  return [floats(draw, shape), parameter(), parameter(), { eps: 0.25 }];
};

/** Reductions, scans, orders, softmax, norms and losses. */
export const numbers: Record<string, Recipe> = {
  sum: counted,
  mean: reduced,
  prod: counted,
  amax: extreme,
  amin: extreme,
  argmax: extreme,
  argmin: extreme,
  variance: reduced,
  std: reduced,
  norm: reduced,
  cumsum: (draw) => {
    const shape = shapeOf(draw);
    return [floats(draw, shape), axisOf(draw, shape.length)];
  },
  cumprod: (draw) => {
    const shape = shapeOf(draw);
    const x = draw.chance(0.7) ? floats(draw, shape) : ints(draw, shape, -3, 3);
    return [x, axisOf(draw, shape.length)];
  },
  logSumExp: (draw) => [floats(draw, shapeOf(draw))],
  softmax: alongDim,
  logSoftmax: alongDim,
  topk: (draw) => {
    const shape = shapeOf(draw);
    const dim = axisOf(draw, shape.length);
    const n = shape.at(dim)!;
    return [floats(draw, shape), draw.int(0, n), { dim, largest: draw.chance(0.5) }];
  },
  sort: (draw) => {
    const shape = shapeOf(draw);
    return [floats(draw, shape), { dim: axisOf(draw, shape.length), descending: draw.chance(0.5) }];
  },
  layerNorm: affine,
  rmsNorm: (draw) => {
    const [x, weight, , options] = affine(draw);
    return [x, weight, options];
  },
  groupNorm: (draw) => {
    const groups = draw.int(1, 2);
    const channels = groups * draw.int(1, 3);
    const x = floats(draw, [draw.int(1, 2), channels, ...shapeOf(draw, 0, 2)]);
    const parameter = () => (draw.chance(0.25) ? null : floats(draw, [channels]));
    return [x, groups, parameter(), parameter(), { eps: 0.25 }];
  },
  swiglu: (draw) => {
    const shape = shapeOf(draw, 0);
    return [floats(draw, shape), floats(draw, shape)];
  },
  swigluPacked: (draw) => [floats(draw, [...shapeOf(draw, 0, 3), 2 * draw.int(0, 3)])],
  crossEntropy: (draw) => {
    const [shape, classes] = [shapeOf(draw, 0, 3), draw.int(1, 5)];
    const [isSoft, isWeighted] = [draw.chance(0.3), draw.chance(0.4)];
    const targets = isSoft ? floats(draw, [...shape, classes]) : ints(draw, shape, 0, classes - 1);
    const options = {
      ...(isWeighted && { weight: floats(draw, [classes]).with({ requiresGrad: false }) }),
      ...(!isSoft && { ignoreIndex: draw.int(-1, classes - 1) }),
      labelSmoothing: draw.int(0, 4) / 4,
      reduction: draw.pick(["sum", "none"] as const),
    };
    return [floats(draw, [...shape, classes]), targets, options];
  },
  linearCrossEntropy: (draw) => {
    const [shape, width, classes] = [shapeOf(draw, 0, 2), draw.int(1, 4), draw.int(1, 5)];
    const options = {
      ignoreIndex: draw.int(-1, classes - 1),
      labelSmoothing: draw.int(0, 4) / 4,
      reduction: "sum" as const,
      chunkBytes: draw.int(1, 64),
    };
    const [x, weight] = [floats(draw, [...shape, width]), floats(draw, [classes, width])];
    return [x, weight, ints(draw, shape, 0, classes - 1), options];
  },
  mseLoss: (draw) => {
    const shape = shapeOf(draw, 0);
    const reduction = draw.pick(["mean", "sum", "none"] as const);
    return [floats(draw, shape), floats(draw, shape), { reduction }];
  },
  bceWithLogits: (draw) => {
    const shape = shapeOf(draw, 0);
    const reduction = draw.pick(["mean", "sum", "none"] as const);
    return [floats(draw, shape), floats(draw, shape), { reduction }];
  },
};
