import type { CausalLM } from "@deepgrain/lm";
import { noGrad, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type { PreferenceBatch } from "../data/preference-batches";
import { logpsOf } from "../logps";
import { type DpoOptions, dpoLoss } from "../losses/dpo";
import type { PairLogps } from "../losses/per-token";
import { type AlignConfig, passOptions } from "./config";
import type { ReferenceView } from "./reference";

/** Sums of a batch of pairs, chosen ones first, by side. */
export const halves = (sums: Tensor, pairs: number): PairLogps => ({
  chosen: sums.narrow(0, 0, pairs),
  rejected: sums.narrow(0, pairs, pairs),
});

/** KL(π‖π_ref) over the whole vocabulary, the mean over the batch's answer tokens, without gradient. */
const klOf = (policy: Tensor, reference: Tensor, mask: Uint8Array): Tensor =>
  noGrad(() => {
    const [p, q] = [policy.detach().logSoftmax(), reference.logSoftmax()];
    const perToken = p.exp().mul(p.sub(q)).sum({ dim: -1 });
    const marks = tensor(Float32Array.from(mask), { shape: perToken.shape });
    return perToken.mul(marks).sum().div(marks.sum());
  });

/**
 * The loss of one batch of pairs, with the metrics of the events: `accuracy` (share of pairs whose rewards are in the
 * right order), `margin`, `chosenReward`, `rejectedReward`, `kl` where the reference is a model, and `sft` (−log π per token of chosen
 * answers, nats) with `sftWeight`.
 */
export function preferenceStep(
  model: CausalLM,
  batch: PreferenceBatch,
  view: ReferenceView | null,
  options: Omit<DpoOptions, "lengths"> & Pick<AlignConfig, "gradientAccumulation">,
): { loss: Tensor; scalars: Record<string, Tensor> } {
  const { lossType, beta, labelSmoothing, sftWeight, referenceFree } = options;
  const pairs = batch.pairs.length;
  const logits = model.forward(batch, passOptions(options));
  const { sums, counts, mask } = logpsOf(logits, batch);
  const { loss, sftLosses, chosenRewards, rejectedRewards } = dpoLoss(
    halves(sums, pairs),
    view && halves(view.sums, pairs),
    {
      lossType,
      beta,
      labelSmoothing,
      sftWeight,
      referenceFree,
      lengths: { chosen: counts.subarray(0, pairs), rejected: counts.subarray(pairs) },
    },
  );
  const margins = chosenRewards.sub(rejectedRewards);
  return {
    loss,
    scalars: {
      accuracy: margins.gt(0).sum().div(pairs),
      margin: margins.mean(),
      chosenReward: chosenRewards.mean(),
      rejectedReward: rejectedRewards.mean(),
      ...(view?.logits && { kl: klOf(logits, view.logits, mask) }),
      ...(sftLosses && { sft: sftLosses.detach().mean() }),
    },
  };
}
