import type { AttachedLora, CausalLM } from "@deepgrain/lm";
import type { EncodedPair } from "../data/encode";
import { AlignError, having, optionsOf, refuseUnknown } from "../errors";
import { checkDpoOptions, type DpoOptions } from "../losses/dpo";
import { evaluatePairs, type PairEvaluation } from "./evaluate-pairs";
import { preferenceStep } from "./preference-step";
import { type Reference, referenceReader } from "./reference";

/**
 * Measures a model on preference pairs, without training: the loss, and the scalars that `dpo` reports (`accuracy`, `margin`,
 * `chosenReward`, `rejectedReward`, and `kl` where the reference is a model or an adapter). With `referenceFree` and no
 * reference the reward of an answer is β times its log-probability.
 *
 * @throws {AlignError} `ERR_MISSING` without pairs; `ERR_ARGUMENT` without a reference unless `referenceFree`; as `dpo`
 */
export function evaluatePreferences(
  model: CausalLM,
  pairs: readonly EncodedPair[],
  options: Omit<DpoOptions, "lengths"> & {
    reference?: Reference | undefined;
    lora?: AttachedLora | undefined;
    /** Pairs per pass. Default 8. */
    batchSize?: number | undefined;
    padTokenId?: number | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<PairEvaluation> {
  const {
    lossType,
    beta,
    labelSmoothing,
    sftWeight,
    referenceFree = false,
    reference,
    lora,
    batchSize,
    padTokenId,
    signal,
    ...rest
  } = optionsOf("evaluatePreferences", options);
  refuseUnknown("evaluatePreferences", rest);
  having("evaluatePreferences", "model", model, "config");
  const loss = { lossType, beta, labelSmoothing, sftWeight, referenceFree };
  checkDpoOptions(loss);
  const read = referenceReader(model, pairs.length, { reference, lora });
  if (!read && !referenceFree)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/evaluatePreferences: pass reference, lora, or referenceFree; got none of them",
    );
  return evaluatePairs(
    model,
    pairs,
    (batch) => preferenceStep(model, batch, read?.(batch) ?? null, loss),
    { batchSize, padTokenId, signal },
  );
}
