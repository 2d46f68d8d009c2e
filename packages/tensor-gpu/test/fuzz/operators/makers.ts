import { nn, optim, Tensor } from "../../../src";
import type { Draw } from "../draw";
import { floats, ints, type Recipe, shapeOf } from "../plans";

const drawn = (draw: Draw) => shapeOf(draw, 0, 3);

/** Tensors from nothing. */
export const makers: Record<string, Recipe> = {
  tensor: (draw) => [
    draw.pick<unknown>([
      3,
      true,
      [1, 2],
      [
        [1, 2],
        [3, 4],
      ],
      [[true], [false]],
      Float32Array.of(1, 2, 3, 4),
      Int32Array.of(1, 2, 3, 4),
      new BigInt64Array(4),
      new DataView(new ArrayBuffer(8)),
      Float64Array.of(1.5, 2 ** 40, Number.NaN, 0),
    ]),
    draw.pick<unknown>([{}, { dtype: "int32" }, { shape: [2, 2] }, { dtype: "bool" }]),
  ],
  zeros: (draw) => [drawn(draw), { dtype: draw.pick(["float32", "int32", "bool"] as const) }],
  ones: (draw) => [drawn(draw), { dtype: draw.pick(["float32", "int32", "bool"] as const) }],
  full: (draw) => [
    drawn(draw),
    draw.int(-3, 3),
    { dtype: draw.pick(["float32", "int32"] as const) },
  ],
  zerosLike: (draw) => [floats(draw, drawn(draw))],
  arange: (draw) => [draw.int(-3, 3), draw.int(-3, 9), draw.int(1, 3), { dtype: "int32" }],
  eye: (draw) => [draw.int(0, 5)],
  rand: (draw) => [drawn(draw), { low: -1, high: draw.int(-1, 2) }],
  randint: (draw) => [draw.int(-3, 0), draw.int(1, 9), drawn(draw)],
  randn: (draw) => [drawn(draw), { mean: 1, std: draw.int(0, 2) }],
  bernoulli: (draw) => [
    drawn(draw),
    draw.int(0, 4) / 4,
    { dtype: draw.pick(["float32", "bool"] as const) },
  ],
};

type Made = (args: unknown[]) => unknown;
type Loose = new (...args: unknown[]) => { forward?(x: unknown): unknown };

/** Makes a layer of all arguments but the last, and passes that through it. The result holds both. */
const layer =
  (name: keyof typeof nn): Made =>
  (args) => {
    const made = new (nn[name] as unknown as Loose)(...args.slice(0, -1));
    return [made.forward!(args.at(-1)), made];
  };

/** Makes an optimiser of one parameter with a gradient, and takes a step. The result is what became of the parameter. */
const optimiser =
  (name: "AdamW" | "Adam" | "SGD" | "RMSprop" | "Adagrad"): Made =>
  ([parameter, gradient, options, step]) => {
    const Optimiser = optim[name] as unknown as new (
      ...args: unknown[]
    ) => { step(options: unknown): unknown };
    if (!(parameter instanceof Tensor)) return new Optimiser([parameter], options);
    const leaf = parameter.clone().detach().requireGrad();
    leaf.grad = gradient as Tensor;
    try {
      const norm = new Optimiser([leaf], options).step(step);
      return [leaf.detach(), norm];
    } finally {
      leaf.grad = null;
    }
  };

const options = (draw: Draw) => ({ lr: draw.int(0, 4) / 8, weightDecay: 0.25 });

const updated =
  (more: object): Recipe =>
  (draw) => {
    const shape = shapeOf(draw);
    const plain = () => floats(draw, shape).with({ requiresGrad: false, layout: "dense" });
    return [plain(), plain(), { ...options(draw), ...more }, { maxGradNorm: draw.int(1, 4) / 4 }];
  };

/** Layers and optimisers, with how to call them. */
export const modules: Record<string, { recipe: Recipe; call: Made }> = {
  "nn.Linear": {
    recipe: (draw) => [3, draw.int(1, 4), { bias: draw.chance(0.5) }, floats(draw, [2, 3])],
    call: layer("Linear"),
  },
  "nn.Embedding": {
    recipe: (draw) => [5, draw.int(1, 4), { std: 0.5 }, ints(draw, [3], 0, 4)],
    call: layer("Embedding"),
  },
  "nn.RMSNorm": { recipe: (draw) => [3, 0.25, floats(draw, [2, 3])], call: layer("RMSNorm") },
  "nn.LayerNorm": {
    recipe: (draw) => [3, 0.25, { bias: draw.chance(0.5) }, floats(draw, [2, 3])],
    call: layer("LayerNorm"),
  },
  "nn.MultiheadAttention": {
    recipe: (draw) => [4, draw.int(1, 2), { bias: draw.chance(0.5) }, floats(draw, [2, 3, 4])],
    call: layer("MultiheadAttention"),
  },
  "nn.GroupNorm": {
    recipe: (draw) => [2, 4, 0.25, floats(draw, [2, 4, 3])],
    call: layer("GroupNorm"),
  },
  "nn.BatchNorm": {
    recipe: (draw) => [3, { eps: 0.25, momentum: 0.5 }, floats(draw, [2, 3, 2, 2])],
    call: layer("BatchNorm"),
  },
  "nn.Conv2d": {
    recipe: (draw) => [2, draw.int(1, 3), 3, { padding: 1, stride: 1 }, floats(draw, [1, 2, 5, 5])],
    call: layer("Conv2d"),
  },
  "nn.ConvTranspose2d": {
    recipe: (draw) => [
      2,
      2 * draw.int(1, 2),
      3,
      { padding: 1, stride: 2, outputPadding: 1, groups: draw.int(1, 2) },
      floats(draw, [1, 2, 3, 3]),
    ],
    call: layer("ConvTranspose2d"),
  },
  "nn.MaxPool2d": {
    recipe: (draw) => [2, { stride: 2, padding: 0 }, floats(draw, [1, 2, 4, 4])],
    call: layer("MaxPool2d"),
  },
  "nn.AvgPool2d": {
    recipe: (draw) => [2, { stride: 2, padding: 1 }, floats(draw, [1, 2, 4, 4])],
    call: layer("AvgPool2d"),
  },
  "nn.ReLU": { recipe: (draw) => [floats(draw, shapeOf(draw))], call: layer("ReLU") },
  "nn.SiLU": { recipe: (draw) => [floats(draw, shapeOf(draw))], call: layer("SiLU") },
  "nn.GELU": {
    recipe: (draw) => [{ approximate: "tanh" }, floats(draw, shapeOf(draw))],
    call: layer("GELU"),
  },
  "nn.Flatten": {
    recipe: (draw) => [1, -1, floats(draw, shapeOf(draw, 2, 4))],
    call: layer("Flatten"),
  },
  "nn.Sequential": {
    recipe: (draw) => [3, draw.int(1, 4), floats(draw, [2, 3])],
    call: ([width, inner, x]) => {
      const made = new nn.Sequential(
        new nn.Linear(width as number, inner as number),
        new nn.ReLU(),
        new nn.Linear(inner as number, 2),
      );
      return [made.forward(x as Tensor), made];
    },
  },
  "nn.Dropout": { recipe: (draw) => [0.5, {}, floats(draw, [2, 3])], call: layer("Dropout") },
  "optim.AdamW": { recipe: updated({ eps: 0.25, betas: [0.5, 0.75] }), call: optimiser("AdamW") },
  "optim.Adam": {
    recipe: updated({ eps: 0.25, betas: [0.5, 0.75], amsgrad: true }),
    call: optimiser("Adam"),
  },
  "optim.RMSprop": {
    recipe: updated({ eps: 0.25, alpha: 0.5, momentum: 0.5, centered: true }),
    call: optimiser("RMSprop"),
  },
  "optim.Adagrad": {
    recipe: updated({ eps: 0.25, lrDecay: 0.5, initialAccumulator: 0.25 }),
    call: optimiser("Adagrad"),
  },
  "optim.SGD": {
    recipe: updated({ momentum: 0.5, dampening: 0, nesterov: true }),
    call: optimiser("SGD"),
  },
};
