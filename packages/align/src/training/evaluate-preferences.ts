import type { AttachedLora, CausalLM } from "@deepgrain/lm";
import type { EncodedPair } from "../data/encode";
import { AlignError } from "../errors";
import { knownOptions } from "../known-options";
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
    reference?: Reference;
    lora?: AttachedLora;
    /** Pairs per pass. Default 8. */
    batchSize?: number;
    padTokenId?: number;
    signal?: AbortSignal;
  } = {},
): Promise<PairEvaluation> {
  knownOptions("evaluatePreferences", options, {
    lossType: true,
    beta: true,
    labelSmoothing: true,
    referenceFree: true,
    reference: true,
    lora: true,
    batchSize: true,
    padTokenId: true,
    signal: true,
  });
  checkDpoOptions(options);
  const { reference, lora, referenceFree = false } = options;
  const read = referenceReader(model, pairs.length, { reference, lora });
  if (!read && !referenceFree)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/evaluatePreferences: pass reference, lora, or referenceFree; got none of them",
    );
  return evaluatePairs(
    model,
    pairs,
    (batch) => preferenceStep(model, batch, read?.(batch) ?? null, options),
    options,
  );
}
