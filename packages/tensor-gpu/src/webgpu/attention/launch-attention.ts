import type { AttentionOptions } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { type Launcher, spread } from "../launcher";
import { areFours, type Places, type Reading, readingOf } from "../products/load-block";
import { attentionText, SIDE } from "./attention-text";
import { type Factor, rowsAreKeys, type Target } from "./targets";

export interface AttentionOperands {
  readonly q: View;
  readonly k: View;
  readonly v: View;
  readonly dout?: View;
  readonly delta?: View;
  readonly probs?: View | null;
  readonly lse?: View | null;
}

/** Most chunks of columns of a workgroup: more would not fit into registers. */
const MOST_CHUNKS = 4;

/** The factors of a target; `x` and the views of the second product are missing where they are not used. */
function factorsOf(target: Target, { q, k, v, dout }: AttentionOperands) {
  const isSloped = target === "dq" || target === "dk";
  const [r1, c1] = rowsAreKeys(target) ? [k, q] : [q, k];
  const slopes = rowsAreKeys(target) ? [v, dout!] : [dout!, v];
  const multiplied = { out: v, probs: undefined, dq: k, dk: q, dv: dout };
  return {
    r1,
    c1,
    ...(isSloped && { r2: slopes[0]!, c2: slopes[1]! }),
    ...(multiplied[target] && { x: multiplied[target] }),
  } as Partial<Record<Factor, View>>;
}

/** A view [batch, tokens, heads, d] as a factor: tokens are lines, or with `x` what is summed over. */
function placesOf(name: Factor, { offset, shape, strides }: View): Places {
  const [batch = 0, token = 0, head = 0] = strides;
  const [, tokens = 0, , d = 0] = shape;
  const others = [offset, batch, head];
  return name === "x"
    ? { line: 1, k: token, others, lines: d, depth: tokens }
    : { line: token, k: 1, others, lines: tokens, depth: d };
}

/** Launches the kernel that computes `result` [batch, tokens, heads, width], or probabilities [batch, heads, queries, keys]. */
export function launchAttention(
  launcher: Launcher,
  target: Target,
  result: View,
  operands: AttentionOperands,
  options: AttentionOptions,
): void {
  if (result.size === 0) return;
  const { q, k, v, delta, probs, lse } = operands;
  const { causal, queryOffset, keyMask, segments, scale } = options;
  const [batch = 0, queries = 0, heads = 0, d = 0] = q.shape;
  const [, keys = 0, keyHeads = 0] = k.shape;
  const areKeys = rowsAreKeys(target);
  const [rows, columns] = areKeys ? [keys, queries] : [queries, keys];
  const width = target === "probs" ? 0 : result.shape[3]!;
  const factors = factorsOf(target, operands);
  const writesLse = target === "out" && lse;
  const isWide =
    target !== "probs" &&
    areFours(result.offset, width, ...(writesLse ? [lse.offset, queries] : []));
  const readings: Partial<Record<Factor, Reading>> = {};
  const numbers: Record<string, number> = {};
  for (const [name, view] of Object.entries(factors) as [Factor, View][]) {
    const places = placesOf(name, view);
    readings[name] = readingOf(places, isWide);
    Object.assign(numbers, {
      [`${name}_line`]: places.line,
      [`${name}_k`]: places.k,
      [`${name}_batch`]: view.strides[0]!,
      [`${name}_head`]: view.strides[2]!,
    });
  }
  const chunks = Math.min(MOST_CHUNKS, Math.max(1, Math.ceil(width / SIDE)));
  const slices = Math.max(1, Math.ceil(width / SIDE / chunks));
  const rowTiles = Math.ceil(rows / SIDE);
  const rowHeads = areKeys ? keyHeads : heads;
  const count = slices * rowTiles * rowHeads * batch;
  const masking = keyMask ?? segments;
  const hasProbs = target !== "out" && target !== "probs" && Boolean(probs);
  const extra = {
    ...(hasProbs ? { probs: probs! } : lse && { lse }),
    ...(delta && (target === "dq" || target === "dk") && { delta }),
    ...(masking && { mask: keyMask ?? masking, segments: segments ?? masking }),
  };
  const text = {
    target,
    chunks,
    readings: readings as Record<Factor, Reading>,
    isWide,
    isMasked: Boolean(masking),
    hasProbs,
    hasLse: Boolean(writesLse),
  };
  const products = batch * heads * queries * keys;
  const sloped = factors.r2 ? v.shape[3]! : 0;
  launcher.launch({
    key: `attention ${JSON.stringify(text)}`,
    views: { result, ...factors, ...extra },
    writes: writesLse ? ["result", "lse"] : ["result"],
    numbers: {
      ...numbers,
      count,
      slices,
      row_tiles: rowTiles,
      rows,
      columns,
      queries,
      keys,
      heads,
      key_heads: keyHeads,
      width,
      depth_r1: d,
      ...(factors.r2 && { depth_r2: sloped }),
      result_batch: rows * rowHeads * width,
      result_line: rowHeads * width,
      result_head: width,
      shift: causal ? queryOffset : keys, // so that every query sees the last key
      ...(masking && {
        has_mask: Number(keyMask !== null),
        has_segments: Number(Boolean(segments)),
      }),
    },
    floats: { scale },
    isWide,
    body: () => attentionText(text),
    groups: spread(count),
    work: {
      flop: 2 * products * (slices * ((hasProbs ? 0 : d) + sloped) + width),
      bytesRead: 4 * Math.ceil(products / SIDE) * (2 * slices * (d + sloped) + width),
      bytesWritten: 4 * (result.size + (writesLse ? lse.size : 0)),
    },
  });
}
