import { inference, linear, type Tensor } from "../../../src";
import type { Draw } from "../draw";
import { floats, ints, type Recipe, TensorPlan } from "../plans";
import type { Call } from "../run-case";

const WIDTHS = [1, 2, 3, 4, 5, 8, 17];

/** A tensor that the operator may overwrite, filled with something. */
const written = (draw: Draw, shape: readonly number[]): TensorPlan =>
  floats(draw, shape).with({ layout: "dense", requiresGrad: false, isWritten: true });

const dense = (draw: Draw, shape: readonly number[]): TensorPlan =>
  floats(draw, shape).with({ layout: draw.chance(0.3) ? "offset" : "dense", requiresGrad: false });

const ids = (rows: number) =>
  new TensorPlan([rows], "int32", new Array<number>(rows).fill(7)).with({ isWritten: true });

/** A weight, float32 of any layout or in fewer bits. */
const weight = (draw: Draw, shape: readonly number[]): TensorPlan =>
  draw.chance(0.2)
    ? floats(draw, shape).with({ dtype: "bfloat16", layout: "dense", requiresGrad: false })
    : floats(draw, shape).with({ requiresGrad: false });

const norm =
  (perRow: number, affine: number): Recipe =>
  (draw) => {
    const [rows, n] = [draw.int(0, 5), draw.pick(WIDTHS)];
    const x = dense(draw, [rows, n]).with({ isWritten: true });
    const out = draw.chance(0.3) ? x : written(draw, [rows, n]);
    const stats = written(draw, [rows * perRow]);
    const optional = () => (draw.chance(0.3) ? null : dense(draw, [n]));
    return [out, stats, x, ...Array.from({ length: affine }, optional), 0.25];
  };

/** Keys and values of a few sequences, and rows of distinct places. */
function pages(draw: Draw, { keyHeads, d, dv }: { keyHeads: number; d: number; dv: number }) {
  const [sequences, most, pageTokens] = [draw.int(1, 2), draw.int(1, 2), 4 * draw.int(1, 2)];
  const count = sequences * most + draw.int(0, 1);
  const table = Array.from({ length: sequences * most }, (_, i) => count - 1 - i);
  const length = draw.int(1, most * pageTokens);
  const rows = Array.from({ length }, (_, i) => [i % sequences, Math.floor(i / sequences)]).flat();
  const paged = (width: number) => written(draw, [count, keyHeads, pageTokens, width]);
  return {
    length,
    pages: {
      keys: paged(d),
      values: draw.chance(0.2) ? null : paged(dv),
      rows: new TensorPlan([length, 2], "int32", rows),
      table: new TensorPlan([sequences, most], "int32", table),
      numbers: { rows: Int32Array.from(rows), table: Int32Array.from(table) },
    },
  };
}

function heads(draw: Draw) {
  const [keyHeads, d, dv] = [draw.int(1, 3), 2 * draw.int(1, 4), draw.int(1, 5)];
  return { keyHeads, heads: keyHeads * draw.int(1, 2), d, dv };
}

const recipes: Record<string, Recipe> = {
  linearInto: (draw) => {
    const [m, n] = [draw.pick(WIDTHS), draw.pick(WIDTHS)];
    const k = draw.chance(0.3) ? n : draw.pick(WIDTHS);
    const x = dense(draw, [m, k]);
    const out = n === k && draw.chance(0.3) ? x : written(draw, [m, n]);
    const bias = draw.chance(0.5) ? null : dense(draw, [n]);
    return [out, x, weight(draw, [n, k]), { bias, accumulate: draw.chance(0.5) }];
  },
  linearsInto: (draw) => {
    const [m, k] = [draw.pick(WIDTHS), draw.pick(WIDTHS)];
    const target = () => {
      const n = draw.pick(WIDTHS);
      const bias = draw.chance(0.7) ? null : dense(draw, [n]);
      return { out: written(draw, [m, n]), weight: weight(draw, [n, k]), bias };
    };
    const targets = Array.from({ length: draw.int(0, 4) }, target);
    const [first] = targets;
    if (first && draw.chance(0.1)) targets.push(first);
    return [targets, dense(draw, [m, k])];
  },
  rmsNormInto: norm(1, 1),
  layerNormInto: norm(2, 2),
  swigluInto: (draw) => {
    const shape = [draw.int(0, 4), draw.pick(WIDTHS)];
    const gate = dense(draw, shape).with({ isWritten: true });
    const up = draw.chance(0.1) ? gate : dense(draw, shape);
    return [draw.chance(0.3) ? gate : written(draw, shape), gate, up];
  },
  activateInto: (draw) => {
    const f = draw.pick(["silu", "gelu", "geluTanh", "relu", "tanh", "sigmoid"]);
    const x = dense(draw, [draw.int(0, 4), draw.pick(WIDTHS)]).with({ isWritten: true });
    return [f, draw.chance(0.3) ? x : written(draw, x.shape), x];
  },
  combineInto: (draw) => {
    const a = dense(draw, [draw.int(0, 4), draw.pick(WIDTHS)]).with({ isWritten: true });
    const out = draw.chance(0.3) ? a : written(draw, a.shape);
    return [draw.pick(["add", "mul"]), out, a, dense(draw, a.shape)];
  },
  scaleInto: (draw) => [written(draw, [draw.int(0, 4), draw.pick(WIDTHS)]), draw.int(-4, 4) / 2],
  gatherInto: (draw) => {
    const [rows, count, n] = [draw.int(0, 5), draw.int(1, 5), draw.pick(WIDTHS)];
    const table = draw.chance(0.2)
      ? weight(draw, [count, n]).with({ dtype: "bfloat16", layout: "dense" })
      : dense(draw, [count, n]);
    return [
      written(draw, [rows, n]),
      table,
      ints(draw, [rows], 0, count - 1).with({ layout: "dense" }),
    ];
  },
  argmaxInto: (draw) => {
    const rows = draw.int(0, 5);
    return [ids(rows), written(draw, [rows]), dense(draw, [rows, draw.pick(WIDTHS)])];
  },
  linearArgmaxInto: (draw) => {
    const [rows, n, k] = draw.chance(0.2) ? [9, 200, 16] : [draw.int(1, 9), draw.int(1, 9), 5];
    return [ids(rows), written(draw, [rows]), dense(draw, [rows, k]), dense(draw, [n, k])];
  },
  perHeadInto: (draw) => {
    const [rows, count, n, k] = [draw.int(0, 5), draw.int(1, 3), draw.int(1, 9), draw.int(1, 9)];
    const [x, perHead] = [floats(draw, [rows, count, k]), floats(draw, [count, k, n])];
    return [written(draw, [rows, count, n]), x, perHead];
  },
  attendInto: (draw) => {
    const sizes = heads(draw);
    const [length, scale] = [draw.int(1, 6), 0.25];
    const part = (count: number, width: number) => dense(draw, [1, length, count, width]);
    const out = written(draw, [1, length, sizes.heads, sizes.dv]);
    const k = part(sizes.keyHeads, sizes.d);
    return [out, part(sizes.heads, sizes.d), k, part(sizes.keyHeads, sizes.dv), scale];
  },
  attendPages: (draw) => {
    const sizes = heads(draw);
    const { pages: paged, length } = pages(draw, sizes);
    const dv = paged.values ? sizes.dv : Math.min(sizes.dv, sizes.d);
    const options = { scale: 0.25, window: draw.int(0, 3), cap: draw.int(0, 2) };
    const out = written(draw, [length, sizes.heads, dv]);
    return [out, dense(draw, [length, sizes.heads, sizes.d]), paged, options];
  },
  storePages: (draw) => {
    const sizes = heads(draw);
    const { pages: paged, length } = pages(draw, sizes);
    const half = draw.int(1, sizes.d / 2);
    const table = () => dense(draw, [16, half]);
    const rotation = { cos: table(), sin: table(), interleaved: draw.chance(0.5) };
    const q = draw.chance(0.3) ? null : written(draw, [length, sizes.heads, sizes.d]);
    const k = written(draw, [length, sizes.keyHeads, sizes.d]);
    const v = paged.values ? dense(draw, [length, sizes.keyHeads, sizes.dv]) : null;
    return [q, k, v, paged, draw.chance(0.4) ? null : rotation];
  },
  recordLaunches: (draw) => {
    const shape = [draw.int(0, 4), draw.pick(WIDTHS)];
    return [dense(draw, shape), written(draw, shape)];
  },
};

/** Records a product with `on` and repeats it; where nothing is recorded, it runs twice. */
function recorded([on, x]: unknown[]): void {
  const run = () => inference.combineInto("mul", x as Tensor, x as Tensor, on as Tensor);
  const launches = inference.recordLaunches(on as Tensor, run);
  if (launches) launches.replay();
  else for (let i = 0; i < 2; i++) run();
  launches?.dispose();
}

/** Where the backend has no fused kernel, the caller takes two steps. */
function largest(args: unknown[]): void {
  const [found, top, x, matrix] = args as [Tensor, Tensor, Tensor, Tensor];
  if (inference.linearArgmaxInto(found, top, x, matrix)) return;
  inference.argmaxInto(found, top, linear(x.detach(), matrix.detach()).contiguous());
}

const calls: Partial<Record<string, Call>> = {
  recordLaunches: recorded,
  linearArgmaxInto: largest,
};

const exported = inference as unknown as Record<string, Call | undefined> as Record<
  string,
  (...args: unknown[]) => unknown
>;

/** Operators that write into existing tensors. What they leave in all their arguments is their result. */
export const intoTensors: Record<string, { recipe: Recipe; call: Call }> = Object.fromEntries(
  Object.entries(recipes).map(([name, recipe]) => [
    `inference.${name}`,
    {
      recipe,
      call(args: unknown[]) {
        if (calls[name]) calls[name](args);
        else exported[name]!(...args);
        return args;
      },
    },
  ]),
);
