import { type CausalLM, modelWeights } from "@deepgrain/lm";
import { type FitEvent, fit } from "@deepgrain/trainer";
import type { EncodedPair } from "../data/encode";
import { type PreferenceBatch, preferenceBatches } from "../data/preference-batches";
import { AlignError, optionsOf, real, refuseUnknown } from "../errors";
import { checkDpoOptions, type DpoOptions } from "../losses/dpo";
import { type AlignConfig, batchOptions, fitOptions, ownOptions } from "./config";
import { evaluatePairs } from "./evaluate-pairs";
import { KlGuard, type KlStop } from "./kl-guard";
import { preferenceStep } from "./preference-step";
import { type Reference, referenceReader } from "./reference";

/** Options of {@link dpo}. */
export interface DpoConfig extends AlignConfig, Omit<DpoOptions, "lengths"> {
  /**
   * A second model, or numbers from {@link referenceLogps}. Default: the policy without `lora`. None is needed with
   * `referenceFree`.
   */
  reference?: Reference | undefined;
  /**
   * Held-out pairs, and the number of steps between evaluations (there is also one at the end). With stored numbers,
   * those of these pairs are needed.
   */
  evaluation?:
    | { everySteps: number; pairs: readonly EncodedPair[]; reference?: Reference | undefined }
    | undefined;
  /**
   * Bound on the `kl` (nats per token); needs a reference that is a model or an adapter. A step is kept only if its
   * parameters are within it on the pairs of the next step (two more forward passes) and, at each evaluation, on the
   * held-out pairs. Otherwise the model is restored to the last parameters within the bound, and the run ends.
   */
  maxKl?: number | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof DpoConfig)[] = [
  "steps",
  "lr",
  "optimizer",
  "batchSize",
  "beta",
  "lossType",
  "labelSmoothing",
  "sftWeight",
  "reference",
  "referenceFree",
  "lora",
  "evaluation",
  "maxKl",
  "maxGradNorm",
  "gradientAccumulation",
  "seed",
  "padTokenId",
  "checkpoint",
  "resume",
  "afterStep",
  "signal",
];

/** An event of {@link dpo}: one of the trainer's, or the end of a run that moved too far from its reference. */
export type DpoEvent = FitEvent | KlStop;

function readers(model: CausalLM, pairs: readonly EncodedPair[], config: DpoConfig) {
  const { reference, lora, evaluation, referenceFree = false, maxKl } = config;
  checkDpoOptions(config);
  if (maxKl !== undefined) real("dpo", "maxKl", maxKl, { above: 0 });
  const train = referenceReader(model, pairs.length, { reference, lora });
  if (!train && !referenceFree)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/dpo: pass reference (a second model, or numbers from referenceLogps), lora, or referenceFree; got none of them",
    );
  const isStored = reference !== undefined && "chosen" in reference;
  if (maxKl !== undefined) {
    if (isStored || !train)
      throw new AlignError(
        "ERR_ARGUMENT",
        "align/dpo: maxKl needs a reference that is a model or an adapter",
      );
  }
  if (!evaluation) return { train };
  const measured = evaluation.reference ?? (isStored ? undefined : reference);
  if (isStored && !measured && !lora)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/dpo: evaluation.reference must be given where reference holds numbers",
    );
  const held = referenceReader(model, evaluation.pairs.length, { reference: measured, lora });
  return { train, held };
}

/**
 * Trains a policy on preference pairs by direct preference optimisation, using `fit` of `@deepgrain/trainer`, so a run
 * can be stopped and resumed. Policy and reference run one pass each per batch, with chosen and rejected answers
 * together. Scalars of `step-end` and `eval-end`: `accuracy`, `margin`, `chosenReward`, `rejectedReward`, and `kl`
 * (KL(π‖π_ref) over the whole vocabulary, mean over the data's answer tokens, nats) where the reference is a model or
 * an adapter; with `sftWeight` also `sft` (−log π per token of chosen answers, nats).
 *
 * @param pairs from {@link encodePreference}
 * @throws {AlignError} `ERR_ARGUMENT` without a reference, or for options that contradict each other; `ERR_RANGE`, also for a
 *   `maxKl` below the KL at the start; `ERR_MISSING` without pairs; `ERR_SHAPE` or `ERR_NOT_FINITE` for stored log-probabilities;
 *   `TrainerError` as `fit`; the signal's reason
 * @see Rafailov et al. 2023, section 4
 */
export async function* dpo(
  model: CausalLM,
  pairs: readonly EncodedPair[],
  config: DpoConfig,
): AsyncGenerator<DpoEvent, void> {
  const {
    reference,
    evaluation,
    maxKl,
    lossType,
    beta,
    labelSmoothing,
    sftWeight,
    referenceFree,
    gradientAccumulation = 1,
    ...rest
  } = ownOptions(optionsOf("dpo", config));
  refuseUnknown("dpo", rest, names);
  const { lora, checkpoint, signal } = config;
  const { train, held } = readers(model, pairs, config);
  const data = preferenceBatches(pairs, batchOptions(config));
  const lossWith = (reader: typeof train) => (batch: PreferenceBatch) =>
    preferenceStep(model, batch, reader?.(batch) ?? null, config);
  const heldOut =
    evaluation &&
    (() =>
      evaluatePairs(model, evaluation.pairs, lossWith(held ?? null), {
        ...batchOptions(config),
        signal,
      }));
  const nextBatch = (step: number) => {
    const positions = Array.from(
      { length: gradientAccumulation },
      (_, i) => step * gradientAccumulation + i,
    );
    const next = positions.flatMap((position) => data.batch(position).pairs);
    const some = next.map((index) => pairs[index]!);
    return evaluatePairs(model, some, lossWith(train), batchOptions(config));
  };
  const guard =
    maxKl === undefined ? null : await KlGuard.watch(model, { maxKl, nextBatch, heldOut });
  const events = fit(model, {
    ...fitOptions(model, config),
    data,
    loss: lossWith(train),
    async afterStep(step) {
      await config.afterStep?.(step);
      await guard?.afterStep(step);
    },
    evaluation: heldOut ? { everySteps: evaluation.everySteps, measure: heldOut } : undefined,
    ...(checkpoint && {
      checkpoint: {
        ...checkpoint,
        weights: lora?.checkpointPart ?? modelWeights(model),
        parts: guard?.part ? { evaluated: guard.part } : undefined,
      },
    }),
  });
  try {
    for await (const event of events) {
      const end = await guard?.check(event);
      yield* end ?? [event];
      if (end) return;
    }
  } finally {
    guard?.dispose();
  }
}
