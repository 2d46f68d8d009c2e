import type { AttentionOptions } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { contiguous, type Layout, padded } from "../layouts";
import { pairs } from "../numbers";
import type { Scene } from "../scene";
import { FUNCTION, SUM } from "../tolerances";

export interface Sizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  keyHeads: number;
  d: number;
  dv: number;
}
const sizes = (
  batch: number,
  queries: number,
  keys: number,
  heads: number,
  keyHeads: number,
  d: number,
  dv = d,
): Sizes => ({ batch, queries, keys, heads, keyHeads, d, dv });

const SIZES = [
  sizes(1, 1, 1, 1, 1, 1),
  sizes(2, 5, 5, 2, 2, 8),
  sizes(1, 9, 9, 4, 2, 4), // two query heads to a key head
  sizes(2, 7, 7, 6, 1, 5), // one key head for all
  sizes(1, 33, 33, 2, 2, 16),
  sizes(1, 65, 65, 1, 1, 32),
  sizes(2, 4, 4, 2, 1, 12, 7), // values shorter than keys
  sizes(1, 3, 17, 2, 2, 8), // new queries after old keys
  sizes(1, 1, 40, 4, 2, 8), // one step of generation
  sizes(1, 130, 130, 2, 1, 9),
  sizes(2, 0, 5, 2, 2, 4),
];
const LARGE = sizes(2, 100, 100, 4, 2, 32);

export type Kept = "probs" | "lse" | "both";
export type Mask =
  | "open"
  | "causal"
  | "keys"
  | "causal and keys"
  | "all hidden"
  | "segments"
  | "causal segments and keys";
const KEPT: Kept[] = ["probs", "lse", "both"];
const MASKS: Mask[] = [
  "open",
  "causal",
  "keys",
  "causal and keys",
  "all hidden",
  "segments",
  "causal segments and keys",
];

const LARGE_CASES: [Kept, Mask][] = [
  ["probs", "causal"],
  ["lse", "causal"],
  ["both", "keys"],
  ["lse", "segments"],
  ["both", "causal segments and keys"],
];

export function attentionCases(agreement: Agreement): void {
  const { agrees } = agreement;
  for (const mask of MASKS)
    agrees(
      `attention and its gradient are right, ${mask}`,
      SUM,
      pairs(SIZES, KEPT),
      (s, [size, kept]) => attend(s, size, kept, optionsOf(s, size, mask)),
    );
  agrees("attention is whole on large shapes", SUM, LARGE_CASES, (s, [kept, mask]) =>
    attend(s, LARGE, kept, optionsOf(s, LARGE, mask)),
  );
  agrees(
    "attention reads q, k and v out of longer rows",
    SUM,
    pairs(SIZES.slice(1, 6), KEPT),
    (s, p) => {
      const [size, kept] = p;
      attend(s, size, kept, optionsOf(s, size, "causal"), padded(5));
    },
  );
  agrees(
    "attention takes any offset of the first query",
    SUM,
    [-3, -1, 0, 2, 50],
    (s, queryOffset) => {
      const size = sizes(2, 6, 9, 2, 1, 8);
      attend(s, size, "both", { scale: 0.3, causal: true, queryOffset, keyMask: null });
      attend(s, size, "lse", { scale: 0.3, causal: true, queryOffset, keyMask: null });
    },
  );
  agrees("attention withstands large scores", SUM, [10, 100], (s, scale) => {
    const size = sizes(1, 8, 8, 2, 2, 4);
    const [q, k] = [s.input([1, 8, 2, 4]), s.input([1, 8, 2, 4])];
    const options = { scale, causal: true, queryOffset: 0, keyMask: null };
    const { out, probs } = outputsOf(s, size);
    s.kernels.attention(out, probs, null, q, k, s.input([1, 8, 2, 4]), options);
  });
  ropeCases(agreement);
}

/** Options with a mask of that kind. */
export function optionsOf(s: Scene, { batch, queries, keys }: Sizes, mask: Mask): AttentionOptions {
  const hasSegments = mask.includes("segments");
  const hasKeyMask = mask.includes("keys") || mask === "all hidden";
  const values = Array.from({ length: batch * keys }, (_, i) =>
    mask === "all hidden" ? Number(i >= keys) : Number(s.random() < 0.7),
  );
  return {
    scale: 0.4,
    causal: mask.startsWith("causal"),
    queryOffset: keys - queries,
    keyMask: hasKeyMask ? s.input([batch, keys], { dtype: "int32", values }) : null,
    segments: hasSegments ? s.input([batch, keys], { dtype: "int32", low: 0, high: 3 }) : null,
  };
}

const outputsOf = (s: Scene, { batch, queries, keys, heads, dv }: Sizes) => ({
  out: s.output([batch, queries, heads, dv]),
  probs: s.output([batch, heads, queries, keys]),
});

/** The kernel and its gradient. */
export function attend(
  s: Scene,
  size: Sizes,
  kept: Kept,
  options: AttentionOptions,
  layout: Layout = contiguous,
) {
  const { batch, queries, keys, heads, keyHeads, d, dv } = size;
  const shapes = {
    q: [batch, queries, heads, d],
    k: [batch, keys, keyHeads, d],
    v: [batch, keys, keyHeads, dv],
  };
  const [q, k] = [s.input(shapes.q, { layout }), s.input(shapes.k, { layout })];
  const v = s.input(shapes.v, { layout });
  const { out, probs: allProbs } = outputsOf(s, size);
  const probs = kept === "lse" ? null : allProbs;
  const lse = kept === "probs" ? null : s.output([batch, heads, queries]);
  s.kernels.attention(out, probs, lse, q, k, v, options);
  const [dq, dk, dvs] = [s.output(shapes.q), s.output(shapes.k), s.output(shapes.v)];
  const dout = s.input([batch, queries, heads, dv]);
  s.kernels.attentionGrad(dq, dk, dvs, dout, out, probs, lse, q, k, v, options);
}

/** Positions out of order and repeated, in a table longer than the sequence. */
function ropeCases({ agrees }: Agreement): void {
  const shapes = [
    [1, 1, 1, 2],
    [2, 5, 3, 4],
    [1, 7, 2, 6],
    [2, 9, 4, 32],
    [1, 3, 1, 10],
    [0, 3, 1, 4],
  ];
  const flags = pairs([false, true], [false, true]);
  const all = pairs(pairs(shapes, flags), ["fresh", "strided", "in place"] as const);
  agrees("rope rotates pairs in both forms and directions", FUNCTION, all, (s, p) => {
    const [[shape, [interleaved, inverse]], mode] = p;
    const [batch, seq, , d] = shape as [number, number, number, number];
    const positions = s.input([batch * seq], { dtype: "int32", low: 0, high: 20 });
    const [cos, sin] = [s.input([20, d / 2]), s.input([20, d / 2])];
    const layout = mode === "strided" ? padded(6) : contiguous;
    const x = mode === "in place" ? s.inout(shape) : s.input(shape, { layout });
    const out = mode === "in place" ? x : s.output(shape, { layout });
    s.kernels.rope(out, x, cos, sin, positions, interleaved, inverse);
  });
  agrees("rope is whole on large shapes", FUNCTION, flags, (s, [interleaved, inverse]) => {
    const shape = [2, 64, 8, 70];
    const positions = s.input([128], { dtype: "int32", low: 0, high: 64 });
    const [cos, sin] = [s.input([64, 35]), s.input([64, 35])];
    const out = s.output(shape);
    s.kernels.rope(out, s.input(shape), cos, sin, positions, interleaved, inverse);
  });
}
