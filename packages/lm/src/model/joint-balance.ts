import type { Gate } from "@deepgrain/moe";
import { astype, keep, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";

interface LayerSums {
  /** [experts] choices of each expert, slots together. */
  chosen: Tensor;
  /** [experts] sums of the routers' probabilities, on the tape. */
  scores: Tensor;
}

/**
 * The balance loss of Switch Transformers over all layers and tokens together, as Hugging Face's mixtures take it:
 * experts · Σ_e (share of choices that are e, summed over slots) · (mean probability of e).
 *
 * @param attentionMask 0 for tokens that do not count; default: all count
 * @returns `onGate` for the forward pass, then `loss()`: a scalar without its factor; 0 where no layer has experts
 * @see Fedus et al. 2022 (Switch Transformer), equations 4 to 6
 */
export function jointBalance(attentionMask?: ArrayLike<number>) {
  const layers: LayerSums[] = [];
  let tokens = 0;
  const onGate = ({ ids, scores }: Gate) => {
    const [rows, experts] = scores.shape as [number, number];
    tokens += attentionMask ? Array.from(attentionMask).filter(Boolean).length : rows;
    const counts = noGrad(() =>
      tidy(() => {
        const every = tensor(Int32Array.from({ length: experts }, (_, e) => e));
        return astype(ids.reshape([ids.size, 1]).eq(every), "float32").sum({ dim: 0 });
      }),
    );
    const kept = attentionMask
      ? scores.mul(tensor(Float32Array.from(attentionMask, Number), { shape: [rows, 1] }))
      : scores;
    layers.push({ chosen: keep(counts), scores: keep(kept.sum({ dim: 0 })) });
  };
  const loss = (): Tensor => {
    const sum = (of: keyof LayerSums) =>
      layers.map((layer) => layer[of]).reduce((total, part) => total.add(part));
    if (layers.length === 0) return tensor(0);
    const experts = layers[0]!.scores.size;
    const value = sum("chosen")
      .mul(sum("scores"))
      .sum()
      .mul(experts / tokens ** 2);
    for (const { chosen, scores } of layers.splice(0))
      for (const x of [chosen, scores]) x.dispose();
    return value;
  };
  return { onGate, loss };
}
