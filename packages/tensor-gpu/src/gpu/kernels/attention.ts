import type { View } from "../../backend/backend";
import type { AttentionOptions } from "../../backend/kernels";
import type { Cell } from "../cell";
import type { Heap } from "../heap";
import { compute, type Formula, launch } from "../launch";
import {
  type AttentionSizes,
  ROW_INDICES,
  ROW_OF_VECTOR,
  scoreCell,
  sizesOf,
  vectorAt,
  vectorNumbers,
  visibility,
} from "./attention-parts";
import { foldCell } from "./fold";

/** Softmax of each row from its scores: 0 where a key is hidden, and in a row whose scores are all −∞. */
function probabilityFormula(
  heap: Heap,
  { queries, keys, heads, keyHeads }: AttentionSizes,
  options: AttentionOptions,
  arrays: Readonly<Record<"scores" | "max" | "sum", Cell>>,
): Formula {
  const seen = visibility(heap, options);
  return {
    key: `probabilities${seen.key}`,
    arrays: { ...arrays, ...seen.arrays },
    numbers: { queries, keys, heads, keyHeads, lowest: Number.NEGATIVE_INFINITY, ...seen.numbers },
    body: `const row = quotient(i, keys);
    const j = i - row * keys;
    ${ROW_INDICES}
    ${seen.code}
    const top = at(max, row);
    if (top == lowest) { visible = 0; }
    if (visible > 0) { value = expOf(at(scores, i) - top) / at(sum, row); }`,
  };
}

/** @see Vaswani et al. 2017, equation 1; grouped key heads: Ainslie et al. 2023, section 2.2 */
export function attention(
  heap: Heap,
  out: View,
  probs: View | null,
  lse: View | null,
  q: View,
  k: View,
  v: View,
  options: AttentionOptions,
): void {
  const sizes = sizesOf(q, k, v);
  if (sizes.rows === 0) return;
  const { device } = heap;
  const shape = { outer: sizes.rows, n: sizes.keys, inner: 1 };
  const scores = scoreCell(heap, q, k, sizes, options);
  const arrays = { scores };
  const place = "o * foldN + k";
  const max = foldCell(
    heap,
    "max",
    { key: "scores", arrays, numbers: {}, term: `term = at(scores, ${place});` },
    shape,
  );
  const sum = foldCell(
    heap,
    "sum",
    {
      key: "score exponentials",
      arrays: { scores, max },
      numbers: {},
      term: `term = expOf(at(scores, ${place}) - at(max, o));`,
    },
    shape,
  );
  const formula = probabilityFormula(heap, sizes, options, { scores, max, sum });
  if (probs) launch(heap, probs, formula);
  const weights = probs
    ? device.retain(heap.cell(probs))
    : compute(heap, sizes.rows * sizes.keys, formula);
  if (lse)
    launch(heap, lse, {
      key: "attention lse",
      arrays: { max, sum },
      numbers: { lowest: Number.NEGATIVE_INFINITY },
      body: "value = at(max, i);\n    if (value > lowest) { value = value + logOf(at(sum, i)); }",
    });
  mix(heap, out, weights, probs?.offset ?? 0, v, sizes, options);
  for (const cell of [scores, max, sum, weights]) device.release(cell);
}

/** out = P·v over the keys that are seen, whatever the others' values are. */
function mix(
  heap: Heap,
  out: View,
  weights: Cell,
  weightOffset: number,
  v: View,
  { queries, keys, heads, keyHeads, dv }: AttentionSizes,
  options: AttentionOptions,
): void {
  const seen = visibility(heap, options);
  launch(heap, out, {
    key: `mix values${seen.key}`,
    arrays: { weights, v: heap.cell(v), ...seen.arrays },
    numbers: {
      ...{ queries, keys, heads, keyHeads, dv, weightOffset },
      ...{ ...vectorNumbers("v", v), ...seen.numbers },
    },
    body: `const vector = quotient(i, dv);
    const lane = i - vector * dv;
    ${ROW_OF_VECTOR}
    ${ROW_INDICES}
    for (let j = 0; j < keys; j++) {
      ${seen.code}
      if (visible > 0) {
        const weight = at(weights, weightOffset + row * keys + j);
        value = value + weight * at(v, ${vectorAt("v", "b", "j", "kh")} + lane);
      }
    }`,
  });
}
