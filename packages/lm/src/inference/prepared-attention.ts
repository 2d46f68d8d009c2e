import { copy_, inference, type Tensor } from "@deepgrain/tensor-gpu";
import type { HeadAttention } from "../model/attention";
import type { LayerShape } from "./page-pool";
import {
  type LinearPart,
  type NormFunction,
  prepareLinear,
  prepareLinears,
  prepareNorm,
  type Release,
} from "./prepared-layers";
import { type Onward, onwardStep, type Step } from "./step";
import type { Workspace } from "./workspace";

/** Attention of one layer: adds what it computes from the normed rows to `out`, or overwrites it. */
export interface PreparedAttention {
  shape: LayerShape;
  /** @param out a row for each row that goes on */
  run(out: Tensor, x: Tensor, step: Step, accumulate: boolean): void;
}

/** One implementation of attention, from projected heads to their outputs. */
interface Mixing {
  layer: number;
  heads: number;
  keyHeads: number;
  size: number;
  scale: number;
  window: number;
  cap: number;
}

/** The rows that attend to pages, one head after another. */
function mixPaged(out: Tensor, q: Tensor, step: Step, mixing: Mixing): void {
  const { layer, heads, size, scale, window, cap } = mixing;
  const { space, paged } = step;
  const pages = step.pages(layer);
  const perHead = (name: string, of: Tensor) =>
    space.part(
      `${name} paged ${paged}`,
      space.view(`${name} heads`, of, [-1, heads, size]),
      0,
      paged,
    );
  const rows = space.part(`rows ${paged}`, pages.rows, 0, paged);
  const numbers = { ...pages.numbers, rows: pages.numbers.rows.subarray(0, 2 * paged) };
  inference.attendPages(
    perHead("mixed", out),
    perHead("query", q),
    { ...pages, rows, numbers },
    { scale, window, cap },
  );
}

/** Whether new sequences can use the kernel for whole sequences, which supports neither windows nor caps. */
const isPlain = ({ window, cap }: Mixing, length: number) =>
  cap === 0 && (window === 0 || length <= window);

/** The rows that start a sequence. */
function mixFresh(
  out: Tensor,
  [q, k, v]: [Tensor, Tensor, Tensor],
  step: Step,
  mixing: Mixing,
): void {
  const { heads, keyHeads, size, scale } = mixing;
  for (const { first, length } of step.fresh) {
    const part = (name: string, x: Tensor, count: number) =>
      step.space.view(
        `${name} ${first}+${length}`,
        step.space.part(`${name} rows ${first}+${length}`, x, first, length),
        [1, length, count, size],
      );
    inference.attendInto(
      part("mixed", out, heads),
      part("query", q, heads),
      part("key", k, keyHeads),
      part("value", v, keyHeads),
      scale,
    );
  }
}

/** The rows of x [rows, n] that go on. */
export function onwardRows(name: string, x: Tensor, { chosen, step }: Onward): Tensor {
  const rows = step.space.get(name, x.shape[1]!);
  inference.gatherInto(rows, x, chosen);
  return rows;
}

/** Stores keys and values, and lets every row that goes on attend. q, k, v: [rows, heads · size]. */
function mix(
  out: Tensor,
  [q, k, v]: [Tensor, Tensor, Tensor],
  step: Step,
  mixing: Mixing,
  rotation: inference.PageRotation | null,
): void {
  const { keyHeads, heads, size } = mixing;
  const { space } = step;
  const perHead = (name: string, x: Tensor, count: number) =>
    space.view(`${name} heads`, x, [-1, count, size]);
  inference.storePages(
    perHead("query", q, heads),
    perHead("key", k, keyHeads),
    perHead("value", v, keyHeads),
    step.pages(mixing.layer),
    rotation,
  );
  if (step.onward) {
    mixPaged(out, onwardRows("query", q, step.onward), step.onward.step, mixing);
    return;
  }
  const rows = space.rows;
  const allPlain = step.fresh.every(({ length }) => isPlain(mixing, length));
  const by = allPlain ? step : { ...step, paged: rows, fresh: [] };
  if (by.paged > 0) mixPaged(out, q, by, mixing);
  mixFresh(out, [q, k, v], by, mixing);
}

/** Normalises each head, or the whole width. */
const normHeads = (
  norm: NormFunction | null,
  name: string,
  x: Tensor,
  size: number,
  space: Workspace,
) => {
  if (!norm) return;
  const rows = space.view(`${name} norm`, x, [-1, size]);
  norm(rows, rows, space);
};

/**
 * Rows whose heads have their rotated part last, where `storePages` turns it, while models have it first. Scores of
 * queries and keys do not depend on the order within a head.
 */
function rotatedLast(
  name: string,
  x: Tensor,
  { size, rotated }: { size: number; rotated: number },
  space: Workspace,
): Tensor {
  const turned = space.get(`${name} turned`, x.shape[1]!);
  const part = (of: string, from: Tensor, first: number, count: number) =>
    space.made(`${name} ${of} ${first}`, () =>
      from.reshape([-1, x.shape[1]! / size, size]).narrow(-1, first, count),
    );
  const rest = size - rotated;
  copy_(part("last", turned, rest, rotated), part("first", x, 0, rotated));
  copy_(part("start", turned, 0, rest), part("rest", x, rotated, rest));
  return turned;
}

/** q, k and v: rows of one projection, or three. */
function qkvParts({ _sizes, qkvProj: layer, qProj, kProj, vProj }: HeadAttention): LinearPart[] {
  if (!layer) return [qProj!, kProj!, vProj!].map((each) => ({ layer: each }));
  const { heads, keyValueHeads, headDim } = _sizes;
  const q = heads * headDim;
  const kv = keyValueHeads * headDim;
  return [
    { layer, rows: { first: 0, count: q } },
    { layer, rows: { first: q, count: kv } },
    { layer, rows: { first: q + kv, count: kv } },
  ];
}

/** Attention with heads of keys and values, with or without rotary positions. */
export function prepareAttention(attention: HeadAttention, release: Release): PreparedAttention {
  const { heads, keyValueHeads: keyHeads, headDim: size, scale, window, cap } = attention._sizes;
  const toQkv = prepareLinears(qkvParts(attention), release);
  const toOut = prepareLinear(attention.oProj, release);
  const [queryNorm, keyNorm] = [attention.qNorm, attention.kNorm].map((norm) =>
    norm ? prepareNorm(norm, release) : null,
  ) as [NormFunction | null, NormFunction | null];
  const mixing = { layer: attention._layer, heads, keyHeads, size, scale, window, cap };
  const normSize = (count: number) => (attention._sizes.qkNorm === "full" ? count * size : size);
  return {
    shape: { keyHeads, keySize: size, valueSize: size },
    run(out, x, step, accumulate) {
      const { space } = step;
      const q = space.get("query", heads * size);
      const k = space.get("key", keyHeads * size);
      const v = space.get("value", keyHeads * size);
      const mixed = onwardStep(step).space.get("mixed", heads * size);
      toQkv([q, k, v], x);
      normHeads(queryNorm, "query", q, normSize(heads), space);
      normHeads(keyNorm, "key", k, normSize(keyHeads), space);
      const angles = attention._rotary?.tablesFor(step.positionLimit) ?? null;
      const rotated = angles ? 2 * angles.cos.shape[1]! : size;
      const [turnedQ, turnedK] =
        rotated === size
          ? [q, k]
          : [
              rotatedLast("query", q, { size, rotated }, space),
              rotatedLast("key", k, { size, rotated }, space),
            ];
      mix(mixed, [turnedQ, turnedK, v], step, mixing, angles);
      toOut(out, mixed, accumulate);
    },
  };
}
