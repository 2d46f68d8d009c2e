import type { AttentionOptions } from "../../backend/kernels";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { compute, type Formula, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import {
  type AttentionSizes,
  ROW_INDICES,
  scoreCell,
  sizesOf,
  visibility,
} from "./attention-parts";
import { foldCell } from "./fold";
import { mixVectors } from "./mix-vectors";

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
export const attention: OnHeap["attention"] = (heap, out, probs, lse, q, k, v, options) => {
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
  mixVectors(heap, out, { cell: weights, offset: probs?.offset ?? 0 }, v, sizes, 1, options);
  for (const cell of [scores, max, sum, weights]) device.release(cell);
};
