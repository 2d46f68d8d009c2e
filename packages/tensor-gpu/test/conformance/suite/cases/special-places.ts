/** @file NaN and infinities in the kernels that move, mix and step: attention, gathers, segments, experts, images. */
import type { AttentionOptions } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { offsetsOf, pairs } from "../numbers";
import type { Scene } from "../scene";
import { SUM } from "../tolerances";
import { convShape } from "./images";
import { PLANT_NAMES, type Plant, planted } from "./planted";

export function specialPlaceCases(agreement: Agreement): void {
  attentionCases(agreement);
  gatherCases(agreement);
  segmentCases(agreement);
  expertCases(agreement);
  imageCases(agreement);
  optimiserCases(agreement);
}

const SEQUENCES = [
  [1, 1],
  [5, 5],
  [9, 9],
  [33, 33],
  [3, 17],
] as [number, number][];

function attentionCases({ agrees }: Agreement): void {
  const places = pairs(["q", "k", "v", "dout"] as const, ["probs", "lse"] as const);
  const open = pairs(pairs(SEQUENCES, PLANT_NAMES), places);
  agrees("attention passes NaN and infinities on", SUM, open, (s, p) => {
    const [[[queries, keys], plant], [which, kept]] = p;
    const options = { scale: 0.4, causal: false, queryOffset: 0, keyMask: null };
    attend(s, queries, keys, kept, plant, which, options, () => false);
  });
  const masks = pairs([false, true], [false, true]);
  const masked = pairs(pairs(pairs(SEQUENCES, PLANT_NAMES), masks), ["probs", "lse"] as const);
  agrees("attention passes on what is NaN in a query, under masks too", SUM, masked, (s, p) => {
    const [[[[queries, keys], plant], [causal, hasKeyMask]], kept] = p;
    const values = Array.from({ length: keys }, (_, j) => Number(j % 3 !== 1));
    const keyMask = hasKeyMask ? s.input([1, keys], { dtype: "int32", values }) : null;
    const options = { scale: 0.4, causal, queryOffset: keys - queries, keyMask };
    attend(s, queries, keys, kept, plant, "q", options, () => causal || hasKeyMask);
  });
  agrees("rope passes NaN and infinities on", SUM, pairs(PLANT_NAMES, [false, true]), (s, p) => {
    const [plant, interleaved] = p;
    for (const d of [2, 6, 32]) {
      const shape = [2, 5, 3, d];
      const positions = s.input([10], { dtype: "int32", low: 0, high: 7 });
      const [cos, sin] = [s.input([7, d / 2]), s.input([7, d / 2])];
      const x = planted(s, shape, plant, { rate: 0.1 });
      s.kernels.rope(s.output(shape), x, cos, sin, positions, interleaved, false);
    }
  });
}

/** One query head pair on one key head; `isOpen` says whether the gradients of keys and values are left open. */
function attend(
  s: Scene,
  queries: number,
  keys: number,
  kept: "probs" | "lse",
  plant: Plant,
  which: "q" | "k" | "v" | "dout",
  options: AttentionOptions,
  isOpen: () => boolean,
): void {
  const [heads, d] = [2, 8];
  const pick = (name: string, shape: number[]) =>
    name === which ? planted(s, shape, plant, { rate: 0.6 / (keys * heads * d) }) : s.input(shape);
  const q = pick("q", [1, queries, heads, d]);
  const [k, v] = [pick("k", [1, keys, 1, d]), pick("v", [1, keys, 1, d])];
  const out = s.output([1, queries, heads, d]);
  const probs = kept === "probs" ? s.output([1, heads, queries, keys]) : null;
  const lse = kept === "lse" ? s.output([1, heads, queries]) : null;
  s.kernels.attention(out, probs, lse, q, k, v, options);
  const dq = s.output(q.shape);
  const [dk, dv] = [s.output(k.shape, { isOpen }), s.output(v.shape, { isOpen })];
  const dout = pick("dout", [1, queries, heads, d]);
  s.kernels.attentionGrad(dq, dk, dv, dout, out, probs, lse, q, k, v, options);
}

function gatherCases({ agrees }: Agreement): void {
  const widths = pairs(PLANT_NAMES, [1, 3, 4, 9, 33]);
  agrees("gathers and scatters move NaN and infinities", SUM, widths, (s, [plant, d]) => {
    const index = s.input([17], { dtype: "int32", low: 0, high: 7 });
    s.kernels.gatherRows(s.output([17, d]), planted(s, [7, d], plant, { rate: 0.2 }), index);
    s.kernels.scatterAddRows(s.inout([7, d]), index, planted(s, [17, d], plant, { rate: 0.05 }));
    const places = s.input([2, 5, d], { dtype: "int32", low: 0, high: 6 });
    const x = planted(s, [2, 6, d], plant, { rate: 0.2 });
    s.kernels.gather(s.output([2, 5, d]), x, places, 2, 6, 5, d);
    for (const add of [false, true]) {
      const more = planted(s, [2, 5, d], plant, { rate: 0.2 });
      s.kernels.scatter(s.inout([2, 6, d]), places, more, 2, 6, 5, d, add);
    }
  });
}

function segmentCases({ agrees }: Agreement): void {
  const widths = pairs(PLANT_NAMES, [1, 3, 4, 9, 33]);
  agrees("segments pass NaN and infinities on, each its own", SUM, widths, (s, [plant, d]) => {
    const starts = offsetsOf([3, 0, 5, 1, 33, 4]);
    const [segments, entries] = [starts.length - 1, starts[starts.length - 1]!];
    const offsets = s.input([starts.length], { dtype: "int32", values: starts });
    const indices = s.input([entries], { dtype: "int32", low: 0, high: 13 });
    const rows = planted(s, [13, d], plant, { rate: 0.05 });
    const weights = planted(s, [entries], plant, { rate: 0.05 });
    for (const op of ["sum", "mean", "max"] as const) {
      s.kernels.segmentReduce(op, s.output([segments, d]), rows, offsets, indices, null);
      s.kernels.segmentReduce(
        op,
        s.output([segments, d]),
        s.input([13, d]),
        offsets,
        indices,
        weights,
      );
    }
    s.kernels.segmentArgMax(s.output([segments, d], { dtype: "int32" }), rows, offsets, indices);
    s.kernels.segmentDot(s.output([entries]), s.input([segments, d]), rows, offsets, indices);
    const dy = planted(s, [segments, d], plant, { rate: 0.1 });
    s.kernels.segmentDot(s.output([entries]), dy, s.input([13, d]), offsets, indices);
    const [x, y] = [planted(s, [entries, d], plant, { rate: 0.05 }), s.output([entries, d])];
    s.kernels.segmentSoftmax(y, x, offsets);
    s.kernels.segmentSoftmaxGrad(s.output([entries, d]), s.input([entries, d]), y, offsets);
    const shares = s.output([entries, d]);
    s.kernels.segmentSoftmax(shares, s.input([entries, d]), offsets);
    const upstream = planted(s, [entries, d], plant, { rate: 0.05 });
    s.kernels.segmentSoftmaxGrad(s.output([entries, d]), upstream, shares, offsets);
  });
}

function expertCases({ agrees }: Agreement): void {
  const widths = pairs(PLANT_NAMES, [1, 3, 4, 9, 33]);
  agrees("experts pass NaN and infinities on, but not to dropped slots", SUM, widths, (s, p) => {
    const [plant, d] = p;
    const [tokens, k, groups] = [9, 2, 4];
    const slots = tokens * k;
    const values = Array.from({ length: slots }, (_, i) => (i % 5 === 3 ? -1 : (i * 7) % groups));
    const order = s.output([slots], { dtype: "int32" });
    const inverse = s.output([tokens, k], { dtype: "int32" });
    const ids = s.input([tokens, k], { dtype: "int32", values });
    s.kernels.countingSort(order, inverse, s.output([groups + 1], { dtype: "int32" }), ids, groups);
    const [x, weights] = [
      planted(s, [tokens, d], plant),
      planted(s, [tokens, k], plant, { rate: 0.2 }),
    ];
    s.kernels.expandRows(s.output([slots, d]), x, order, k, null);
    s.kernels.expandRows(s.output([slots, d]), s.input([tokens, d]), order, k, weights);
    const rows = planted(s, [slots, d], plant, { rate: 0.1 });
    s.kernels.combineRows(s.output([tokens, d]), rows, inverse, null);
    s.kernels.combineRows(s.output([tokens, d]), s.input([slots, d]), inverse, weights);
    s.kernels.rowDots(s.output([tokens, k]), x, s.input([slots, d]), inverse);
    s.kernels.rowDots(s.output([tokens, k]), s.input([tokens, d]), rows, inverse);
  });
}

const WINDOWS = [
  convShape({ batch: 2, channels: 3, size: [7, 9], kernel: [3, 3], pad: [1, 1] }),
  convShape({ batch: 2, channels: 2, size: [8, 11], kernel: [2, 3], stride: [2, 3] }),
  convShape({ channels: 2, size: [12, 13], kernel: [3, 3], dilation: [2, 3], pad: [1, 0] }),
  convShape({ channels: 2, size: [33, 34], kernel: [5, 5], pad: [2, 2], stride: [2, 2] }),
];

function imageCases({ agrees }: Agreement): void {
  const all = pairs(pairs(PLANT_NAMES, WINDOWS), ["x", "weight", "dy"] as const);
  agrees("images pass NaN and infinities on, inside their windows", SUM, all, (s, p) => {
    const [[plant, shape], which] = p;
    const { batch, channels, height, width, kernelHeight, kernelWidth, outHeight, outWidth } =
      shape;
    const pick = (name: string, dims: number[]) =>
      name === which
        ? planted(s, dims, plant, { rate: name === "weight" ? 0.1 : 0.005 })
        : s.input(dims);
    const [image, result] = [
      [batch, channels, height, width],
      [batch, channels, outHeight, outWidth],
    ] as const;
    const [x, dy] = [pick("x", [...image]), pick("dy", [...result])];
    const weight = pick("weight", [channels, kernelHeight, kernelWidth]);
    const columns = [batch, channels * kernelHeight * kernelWidth, outHeight * outWidth];
    s.kernels.im2col(s.output(columns), x, shape);
    s.kernels.col2im(s.output(image), pick("dy", columns), shape);
    s.kernels.depthwiseConv(s.output(result), x, weight, shape);
    s.kernels.depthwiseConvGrad(s.output(image), s.output(weight.shape), dy, x, weight, shape);
    const argmax = s.output(result, { dtype: "int32" });
    s.kernels.maxPool(s.output(result), argmax, x, shape);
    s.kernels.maxPoolGrad(s.output(image), dy, argmax, shape);
    for (const countPad of [false, true]) {
      s.kernels.avgPool(s.output(result), x, shape, countPad);
      s.kernels.avgPoolGrad(s.output(image), dy, shape, countPad);
    }
  });
}

function optimiserCases({ agrees }: Agreement): void {
  const all = pairs(pairs(PLANT_NAMES, ["parameter", "gradient", "scale"] as const), [1, 5, 33]);
  agrees("optimisers pass NaN and infinities on, each element its own", SUM, all, (s, p) => {
    const [[plant, which], n] = p;
    const slot = () => {
      const gradient = which === "gradient" ? planted(s, [n], plant, { rate: 0.2 }) : s.input([n]);
      const values = s.input([n]);
      const parameter = s.inout([n]);
      if (which === "parameter") s.kernels.copy(parameter, planted(s, [n], plant, { rate: 0.2 }));
      else s.kernels.copy(parameter, values);
      return { parameter, gradient, weightDecay: 0.1, lrScale: 1 };
    };
    const scale = which === "scale" ? planted(s, [1], plant, { rate: 1 }) : null;
    const slots = [slot(), slot()];
    s.kernels.squaredNorms(
      s.output([2]),
      slots.map(({ gradient }) => gradient),
    );
    const rates = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8 };
    const corrections = { biasCorrection1: 0.1, biasCorrection2: 0.01 };
    const [m, v] = [s.inout([2 * n]), s.inout([2 * n], { low: 0.01, high: 2 })];
    s.kernels.adamw(slots, m, v, scale, { ...rates, ...corrections });
    const step = { lr: 0.1, momentum: 0.9, dampening: 0, nesterov: true, firstStep: false };
    s.kernels.sgd([slot(), slot()], s.inout([2 * n]), scale, step);
  });
}
