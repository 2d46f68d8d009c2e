import type { OnHeap } from "../on-heap";
import { addTo, attentionLayout, dot } from "./attention-layout";

/** @see Vaswani et al. 2017, equation 1; grouped key heads: Ainslie et al. 2023, section 2.2 */
export const attention: OnHeap["attention"] = (heap, out, probs, lse, q, k, v, options) => {
  const layout = attentionLayout(heap, q, k, v, options);
  const { keys, dv } = layout;
  const [qs, ks, vs] = [heap.packed(q), heap.packed(k), heap.packed(v)];
  const [outs, allProbs] = [heap.floats(out), probs && heap.floats(probs)];
  const logSums = lse && heap.floats(lse);
  const weights = new Float64Array(keys);
  for (let b = 0; b < layout.batch; b++)
    for (let h = 0; h < layout.heads; h++)
      for (let i = 0; i < layout.queries; i++) {
        for (let j = 0; j < keys; j++)
          weights[j] = layout.isVisible(b, i, j)
            ? options.scale * dot(qs, layout.query(b, i, h), ks, layout.key(b, j, h), layout.d)
            : Number.NEGATIVE_INFINITY;
        const logSum = softmaxInPlace(weights, (j) => layout.isVisible(b, i, j));
        const mixed = new Float64Array(dv);
        for (let j = 0; j < keys; j++)
          if (layout.isVisible(b, i, j))
            addTo(mixed, 0, vs, layout.value(b, j, h), dv, weights[j]!);
        outs.set(mixed, layout.output(b, i, h));
        allProbs?.set(weights, layout.row(b, h, i) * keys);
        if (logSums !== null) logSums[layout.row(b, h, i)] = logSum;
      }
};

/**
 * Turns scores into weights and returns their log Σ exp. Hidden keys get weight 0. If every score is −∞, all weights
 * are 0 and the result is −∞.
 */
function softmaxInPlace(scores: Float64Array, isVisible: (j: number) => boolean): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const score of scores) max = Math.max(max, score);
  if (max === Number.NEGATIVE_INFINITY) {
    scores.fill(0);
    return max;
  }
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - max);
  for (const [j, score] of scores.entries())
    scores[j] = isVisible(j) ? Math.exp(score - max) / sum : 0;
  return max + Math.log(sum);
}
