import type { Gate } from "@deepgrain/moe";
import {
  astype,
  isRecomputing,
  keep,
  noGrad,
  type Tensor,
  tensor,
  tidy,
  tracked,
} from "@deepgrain/tensor-gpu";

interface LayerSums {
  /** [experts] how often each expert was chosen, summed over slots. */
  chosen: Tensor;
  /** [experts] sums of the routers' probabilities, on the tape unless blocks are checkpointed. */
  scores: Tensor;
}

/**
 * State for the second pass of checkpointed blocks: the gradient of the loss with respect to each expert's sum of
 * probabilities.
 */
interface Slope {
  /** [experts] */
  values: Tensor;
  /** Layers that have not used it yet. */
  left: number;
}

/**
 * The balance loss of Switch Transformers over all layers and tokens together, as Hugging Face's mixtures compute it:
 * experts · Σ_e (share of choices that are e, summed over slots) · (mean probability of e).
 *
 * With checkpointed blocks the probabilities are not on the tape when the loss is computed. Its gradient with respect
 * to them depends only on the choices, which are known by then: the loss passes it to the blocks' second passes.
 *
 * @param attentionMask 0 for masked tokens; default: none is masked
 * @returns `onGate` and `gateLoss` for the forward pass, then `loss(hidden)` with its result: a scalar without its factor; 0
 *   where no layer has experts
 * @see Fedus et al. 2022 (Switch Transformer), equations 4 to 6
 */
export function jointBalance(
  attentionMask: ArrayLike<number> | undefined,
  { isCheckpointed }: { isCheckpointed: boolean },
) {
  const layers: LayerSums[] = [];
  let tokens = 0;
  let slope: Slope | undefined;
  const scoreSums = ({ scores }: Gate): Tensor => {
    const rows = scores.shape[0]!;
    const kept = attentionMask
      ? scores.mul(tensor(Float32Array.from(attentionMask, Number), { shape: [rows, 1] }))
      : scores;
    return kept.sum({ dim: 0 });
  };
  const onGate = (gate: Gate) => {
    tokens += attentionMask
      ? Array.from(attentionMask).filter(Boolean).length
      : gate.scores.shape[0]!;
    layers.push({ chosen: keep(countChoices(gate)), scores: keep(scoreSums(gate)) });
  };
  const gateLoss = (gate: Gate): Tensor | null => {
    if (!slope || !isRecomputing()) return null;
    const own = scoreSums(gate).mul(slope.values).sum();
    if (--slope.left === 0) {
      slope.values.dispose();
      slope = undefined;
    }
    return own;
  };
  const loss = (hidden: Tensor): Tensor => {
    if (layers.length === 0) return tensor(0);
    const count = layers.length;
    const sum = (of: keyof LayerSums) =>
      layers.map((layer) => layer[of]).reduce((total, part) => total.add(part));
    const experts = layers[0]!.scores.size;
    const weights = sum("chosen").mul(experts / tokens ** 2);
    const value = weights.mul(sum("scores")).sum();
    for (const { chosen, scores } of layers.splice(0))
      for (const x of [chosen, scores]) x.dispose();
    if (!isCheckpointed) return value;
    // This node consumes the hidden states, so its backward pass runs before that of any block.
    return tracked("jointBalance", value.detach(), [hidden], (hold) => {
      const held = hold(weights);
      return (gradient) => {
        slope = { values: keep(tidy(() => noGrad(() => held.mul(gradient)))), left: count };
        return [null];
      };
    });
  };
  return { onGate, gateLoss, loss };
}

/** How often each expert was chosen, summed over slots: [experts], off the tape. */
const countChoices = ({ ids, scores }: Gate): Tensor =>
  noGrad(() =>
    tidy(() => {
      const every = tensor(Int32Array.from({ length: scores.shape[1]! }, (_, e) => e));
      return astype(ids.reshape([ids.size, 1]).eq(every), "float32").sum({ dim: 0 });
    }),
  );
