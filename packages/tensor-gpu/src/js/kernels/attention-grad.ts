import type { OnHeap } from "../on-heap";
import { addTo, attentionLayout, dot } from "./attention-layout";

/** e^(score − lse); 0 in a row without any weight. */
const weightOf = (score: number, lse: number) =>
  lse === Number.NEGATIVE_INFINITY ? 0 : Math.exp(score - lse);

/**
 * dv = Pᵀ·dout; dS = P ∘ (dout·vᵀ − rowsum(dout ∘ out)); dq = scale·dS·k; dk = scale·dSᵀ·q.
 * @see Dao et al. 2022, "FlashAttention", appendix B.2
 */
export const attentionGrad: OnHeap["attentionGrad"] = (
  heap,
  dq,
  dk,
  dv,
  dout,
  out,
  probs,
  lse,
  q,
  k,
  v,
  options,
) => {
  const layout = attentionLayout(heap, q, k, v, options);
  const { scale } = options;
  const [qs, ks, vs] = [heap.packed(q), heap.packed(k), heap.packed(v)];
  const [outs, upstream] = [heap.floats(out), heap.floats(dout)];
  const [allProbs, logSums] = [probs && heap.floats(probs), lse && heap.floats(lse)];
  const [dqs, dks] = [new Float64Array(q.size), new Float64Array(k.size)];
  const dvs = new Float64Array(v.size);
  for (let b = 0; b < layout.batch; b++)
    for (let h = 0; h < layout.heads; h++)
      for (let i = 0; i < layout.queries; i++) {
        const [row, query] = [layout.row(b, h, i), layout.query(b, i, h)];
        const place = layout.output(b, i, h);
        const delta = dot(upstream, place, outs, place, layout.dv);
        for (let j = 0; j < layout.keys; j++) {
          if (!layout.isVisible(b, i, j)) continue;
          const [key, value] = [layout.key(b, j, h), layout.value(b, j, h)];
          const probability = allProbs
            ? allProbs[row * layout.keys + j]!
            : weightOf(scale * dot(qs, query, ks, key, layout.d), logSums![row]!);
          const dscore = probability * (dot(upstream, place, vs, value, layout.dv) - delta);
          addTo(dvs, value, upstream, place, layout.dv, probability);
          addTo(dqs, query, ks, key, layout.d, scale * dscore);
          addTo(dks, key, qs, query, layout.d, scale * dscore);
        }
      }
  heap.floats(dq).set(dqs);
  heap.floats(dk).set(dks);
  heap.floats(dv).set(dvs);
};
