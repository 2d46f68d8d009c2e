import { expect, it } from "vitest";
import type { AttentionOptions } from "../../../../src/backend/kernels";
import { seededRandom, uniforms } from "../numbers";
import { DIFFERENCE, FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { differences } from "./differences";
import { softmaxRow, sum } from "./formulas";

// Two query heads to a key head, fewer queries than keys, values of another length.
const [B, TQ, TK, H, HKV, D, DV] = [2, 3, 4, 4, 2, 2, 3];
const SHAPES = { q: [B, TQ, H, D], k: [B, TK, HKV, D], v: [B, TK, HKV, DV], out: [B, TQ, H, DV] };
const MASK = [1, 0, 1, 1, 1, 1, 1, 0];
// Two runs in the first row; in the second the last key takes up the first one's segment again.
const SEGMENTS = [7, 7, -1, -1, 0, 3, 3, 0];
const SCALE = 0.7;

interface Visibility {
  causal: boolean;
  queryOffset: number;
  mask: number[] | null;
  segments?: number[];
}

const CASES: [string, Visibility][] = [
  ["open", { causal: false, queryOffset: 0, mask: null }],
  ["causal", { causal: true, queryOffset: 1, mask: null }],
  ["with hidden keys", { causal: false, queryOffset: 0, mask: MASK }],
  ["causal with hidden keys", { causal: true, queryOffset: 0, mask: MASK }],
  ["in segments", { causal: false, queryOffset: 0, mask: null, segments: SEGMENTS }],
  [
    "causal in segments with hidden keys",
    { causal: true, queryOffset: 1, mask: MASK, segments: SEGMENTS },
  ],
  ["with a query that sees nothing", { causal: true, queryOffset: -1, mask: null }],
];

/** Rows of `length` numbers, by batch, position and head. */
const vectors =
  (x: readonly number[], positions: number, heads: number, length: number) =>
  (b: number, t: number, h: number) => {
    const at = ((b * positions + t) * heads + h) * length;
    return x.slice(at, at + length);
  };

/** softmax(scale·q·kᵀ)·v, head by head, over the visible keys only. */
function formula(
  qs: readonly number[],
  ks: readonly number[],
  vs: readonly number[],
  { causal, queryOffset, mask, segments }: Visibility,
): number[] {
  const [q, k, v] = [vectors(qs, TQ, H, D), vectors(ks, TK, HKV, D), vectors(vs, TK, HKV, DV)];
  const out: number[] = [];
  for (let b = 0; b < B; b++)
    for (let i = 0; i < TQ; i++)
      for (let h = 0; h < H; h++) {
        const group = Math.floor(h / (H / HKV));
        const seen = [...new Array(TK).keys()].filter(
          (j) =>
            (!causal || j <= i + queryOffset) &&
            (mask?.[b * TK + j] ?? 1) === 1 &&
            segments?.[b * TK + j] === segments?.[b * TK + i + TK - TQ],
        );
        const scores = seen.map(
          (j) => SCALE * sum(q(b, i, h).map((value, p) => value * k(b, j, group)[p]!)),
        );
        const weights = softmaxRow(scores);
        for (let p = 0; p < DV; p++)
          out.push(sum(seen.map((j, place) => weights[place]! * v(b, j, group)[p]!)));
      }
  return out;
}

export function attentionFacts(bench: Bench): void {
  const { kernels, floats, ints, empty, read } = bench;
  const numbers = (name: string, shape: readonly number[]) =>
    uniforms(
      seededRandom(name),
      shape.reduce((a, b) => a * b, 1),
    );
  const qs = numbers("attention q", SHAPES.q);
  const ks = numbers("attention k", SHAPES.k);
  const vs = numbers("attention v", SHAPES.v);
  const douts = numbers("attention dout", SHAPES.out);

  it.each(CASES)("attention and its gradient follow the formula, %s", async (_, visibility) => {
    const { causal, queryOffset, mask } = visibility;
    const keyMask = mask && ints([B, TK], mask);
    const segments = visibility.segments ? ints([B, TK], visibility.segments) : null;
    const options: AttentionOptions = { scale: SCALE, causal, queryOffset, keyMask, segments };
    const [q, k, v] = [floats(SHAPES.q, qs), floats(SHAPES.k, ks), floats(SHAPES.v, vs)];
    const [out, dout] = [empty(SHAPES.out), floats(SHAPES.out, douts)];
    for (const kept of ["probs", "lse"] as const) {
      const probs = kept === "probs" ? empty([B, H, TQ, TK]) : null;
      const lse = kept === "lse" ? empty([B, H, TQ]) : null;
      kernels.attention(out, probs, lse, q, k, v, options);
      expect(await read(out)).toBeAllclose(formula(qs, ks, vs, visibility), FORMULA);
      const [dq, dk, dv] = [empty(SHAPES.q), empty(SHAPES.k), empty(SHAPES.v)];
      kernels.attentionGrad(dq, dk, dv, dout, out, probs, lse, q, k, v, options);
      const ofQ = differences((x) => formula(x, ks, vs, visibility), qs, douts);
      expect(await read(dq), `dq from ${kept}`).toBeAllclose(ofQ, DIFFERENCE);
      const ofK = differences((x) => formula(qs, x, vs, visibility), ks, douts);
      expect(await read(dk), `dk from ${kept}`).toBeAllclose(ofK, DIFFERENCE);
      const ofV = differences((x) => formula(qs, ks, x, visibility), vs, douts);
      expect(await read(dv), `dv from ${kept}`).toBeAllclose(ofV, DIFFERENCE);
    }
  });

  it("probabilities sum to 1 over the visible keys and are 0 elsewhere", async () => {
    const [q, k, v] = [floats(SHAPES.q, qs), floats(SHAPES.k, ks), floats(SHAPES.v, vs)];
    const [out, probs, lse] = [empty(SHAPES.out), empty([B, H, TQ, TK]), empty([B, H, TQ])];
    const options = { scale: SCALE, causal: true, queryOffset: 0, keyMask: null };
    kernels.attention(out, probs, lse, q, k, v, options);
    const rows = await read(probs);
    for (let row = 0; row < B * H * TQ; row++) {
      const weights = rows.slice(row * TK, (row + 1) * TK);
      expect(sum(weights)).toBeCloseTo(1, 5);
      expect(weights.slice((row % TQ) + 1).every((weight) => weight === 0)).toBe(true);
    }
  });
  ropeFacts(bench);
}

/** Rotations as products of complex numbers. */
function ropeFacts({ kernels, floats, ints, empty, read }: Bench): void {
  it.each([false, true])(
    "rope turns pairs by their angle and back, interleaved %s",
    async (interleaved) => {
      const [seq, heads, d] = [3, 2, 6];
      const half = d / 2;
      const xs = uniforms(seededRandom("rope"), seq * heads * d);
      const positions = [4, 0, 2];
      const angles = Array.from(
        { length: 5 * half },
        (_, i) => Math.floor(i / half) / (1 + (i % half)),
      );
      const expected = [...xs];
      for (let vector = 0; vector < seq * heads; vector++)
        for (let i = 0; i < half; i++) {
          const angle = angles[positions[Math.floor(vector / heads)]! * half + i]!;
          const re = vector * d + (interleaved ? 2 * i : i);
          const im = interleaved ? re + 1 : re + half;
          const [modulus, argument] = [Math.hypot(xs[re]!, xs[im]!), Math.atan2(xs[im]!, xs[re]!)];
          expected[re] = modulus * Math.cos(argument + angle);
          expected[im] = modulus * Math.sin(argument + angle);
        }
      const [cos, sin] = [Math.cos, Math.sin].map((f) => floats([5, half], angles.map(f)));
      const shape = [1, seq, heads, d];
      const [x, y, back, places] = [
        floats(shape, xs),
        empty(shape),
        empty(shape),
        ints([seq], positions),
      ];
      kernels.rope(y, x, cos!, sin!, places, interleaved, false);
      expect(await read(y)).toBeAllclose(expected, FORMULA);
      kernels.rope(back, y, cos!, sin!, places, interleaved, true);
      expect(await read(back)).toBeAllclose(xs, FORMULA);
    },
  );
}
