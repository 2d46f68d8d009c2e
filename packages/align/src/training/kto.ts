import { type CausalLM, type LabelledBatch, modelWeights } from "@deepgrain/lm";
import { tensor } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import { shuffled } from "../data/shuffled";
import type { EncodedUnpaired } from "../data/unpaired";
import { checkUnpaired, collateUnpaired, type UnpairedBatch } from "../data/unpaired-batches";
import { AlignError, optionsOf, refuseUnknown, whole } from "../errors";
import { type LogitModel, logpsOf, sequenceLogps } from "../logps";
import { checkKtoOptions, type KtoOptions, ktoLoss } from "../losses/kto";
import { type AlignConfig, batchOptions, fitOptions, ownOptions, passOptions } from "./config";
import { evaluateRows } from "./evaluate-pairs";
import { quietly } from "./reference";

/** Options of {@link kto}. `batchSize` counts answers, at least 2 (default 8). */
export interface KtoConfig extends AlignConfig, KtoOptions {
  /** A second model. Default: the policy without `lora`. */
  reference?: LogitModel | undefined;
  /** Held-out answers, at least 2, and the number of steps between evaluations (there is also one at the end). */
  evaluation?: { everySteps: number; answers: readonly EncodedUnpaired[] } | undefined;
}

/** All answers have one label: the policy learns only which answers to give more often, or only which less often. */
export interface OneLabel {
  type: "one-label";
  desirable: number;
  undesirable: number;
}

/** An event of {@link kto}: one of the trainer's, or before them a warning about the labels. */
export type KtoEvent = FitEvent | OneLabel;

/** @throws {AlignError} as {@link kto} */
function checkConfig(answers: readonly EncodedUnpaired[], config: KtoConfig): void {
  const { batchSize = 8, reference, lora, evaluation } = config;
  checkKtoOptions(config);
  whole("kto", "batchSize", batchSize, { min: 2 }); // The reference point needs another row's answer.
  checkUnpaired("kto", answers);
  if (evaluation) checkUnpaired("kto", evaluation.answers);
  if (!reference && !lora)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/kto: pass reference (a second model) or lora, got none of them",
    );
}

/** The loss of a batch, with the metrics of the events. */
function ktoStep(model: CausalLM, batch: UnpairedBatch, config: KtoConfig) {
  const { beta = 0.1, desirableWeight, undesirableWeight, reference: other, lora } = config;
  const sumsOf = (of: LogitModel, some: LabelledBatch) =>
    quietly(of, () => sequenceLogps(of, some).sums);
  const referenceOf = (some: LabelledBatch) =>
    other ? sumsOf(other, some) : lora!.withoutFactors(() => sumsOf(model, some));
  const mismatched = sumsOf(model, batch.mismatched).sub(referenceOf(batch.mismatched));
  const reference = referenceOf(batch);
  const { sums: policy } = logpsOf(model.forward(batch, passOptions(config)), batch);
  const { desirable } = batch;
  const { loss, rewards, kl } = ktoLoss(
    { policy, reference, mismatched, desirable },
    { beta, desirableWeight, undesirableWeight },
  );
  const signs = tensor(Float32Array.from(desirable, (is) => (is ? 1 : -1)));
  const isRight = rewards.sub(kl.mul(beta)).mul(signs).gt(0);
  return { loss, scalars: { accuracy: isRight.sum().div(desirable.length), kl } };
}

/** Batches of answers by position, in an order that is determined by (seed, epoch). */
function batchesOf(answers: readonly EncodedUnpaired[], config: KtoConfig, maxLength: number) {
  const { batchSize = 8, padTokenId, seed = 0 } = batchOptions(config);
  const answerAt = shuffled(answers.length, seed);
  return {
    batch(position: number) {
      const indices = Array.from({ length: batchSize }, (_, i) =>
        answerAt(position * batchSize + i),
      );
      return collateUnpaired(answers, indices, { maxLength, padTokenId });
    },
  };
}

/** Measures held-out answers. */
function measure(
  model: CausalLM,
  answers: readonly EncodedUnpaired[],
  config: KtoConfig,
  maxLength: number,
) {
  const { batchSize, padTokenId, signal } = config;
  const step = (indices: readonly number[]) => {
    const next = (indices.at(-1)! + 1) % answers.length;
    const batch = collateUnpaired(answers, indices, { maxLength, padTokenId, next });
    return ktoStep(model, batch, config);
  };
  return evaluateRows(model, answers.length, step, { batchSize, signal });
}

/**
 * Trains a policy on answers that are labelled one by one as desirable or not, by Kahneman-Tversky optimisation. Use it where there
 * are ratings, such as thumbs up or down, instead of pairs. Where one label is rarer, weigh it so that λ_D·n_D and λ_U·n_U are about
 * equal. The policy runs two passes per batch and the reference two, one each on mismatched prompts and answers. Scalars of
 * `step-end` and `eval-end`: `kl` (the reference point z₀, nats per answer) and `accuracy` (share of answers whose log-ratio is on
 * their label's side of it). If all labels are the same, the first event is a `one-label` warning with the counts.
 *
 * @param answers from {@link encodeUnpaired}, at least 2
 * @throws {AlignError} `ERR_ARGUMENT` without a reference; `ERR_RANGE` for options out of range; `ERR_MISSING` for fewer than 2
 *   answers; `ERR_SHAPE` for a row without a prompt or an answer; `TrainerError` as `fit`; the signal's reason
 * @see Ethayarajh et al. 2024, section 4
 */
export async function* kto(
  model: CausalLM,
  answers: readonly EncodedUnpaired[],
  config: KtoConfig,
): AsyncGenerator<KtoEvent, void> {
  const {
    beta,
    desirableWeight,
    undesirableWeight,
    reference,
    evaluation,
    gradientAccumulation,
    ...rest
  } = ownOptions(optionsOf("kto", config));
  refuseUnknown("kto", rest);
  checkConfig(answers, config);
  const { lora, checkpoint } = config;
  const { maxPositionEmbeddings: maxLength } = model.config;
  const desirable = answers.filter(({ label }) => label).length;
  const undesirable = answers.length - desirable;
  if (desirable === 0 || undesirable === 0) yield { type: "one-label", desirable, undesirable };
  yield* fit<UnpairedBatch>(model, {
    ...fitOptions(model, config),
    data: batchesOf(answers, config, maxLength),
    loss: (batch) => ktoStep(model, batch, config),
    evaluation: evaluation && {
      everySteps: evaluation.everySteps,
      measure: () => measure(model, evaluation.answers, config, maxLength),
    },
    checkpoint: checkpoint && {
      ...checkpoint,
      weights: lora?.checkpointPart ?? modelWeights(model),
    },
  });
}
