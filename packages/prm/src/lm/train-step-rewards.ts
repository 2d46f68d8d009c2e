import { type AttachedLora, firstNotFinite, modelWeights } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import {
  type FitCheckpoint,
  type FitConfig,
  type FitEvent,
  fit,
  moduleWeights,
} from "@deepgrain/trainer";
import { oneOf, optionsOf, PrmError, refuseUnknown } from "../errors";
import { collateSteps, type StepBatch, type StepBatchesOptions, stepBatches } from "./step-batches";
import type { EncodedSteps } from "./step-encoding";
import { stepLoss, tagLoss } from "./step-loss";
import type { StepRewardModel } from "./step-reward-model";
import { threeLoss } from "./three-classes";

/** Options of {@link trainStepRewards}; most are passed unchanged to `fit` of `@deepgrain/trainer`. */
export interface StepRewardConfig
  extends StepBatchesOptions,
    Pick<FitConfig<unknown>, "steps" | "lr">,
    Partial<
      Pick<
        FitConfig<unknown>,
        "optimizer" | "maxGradNorm" | "gradientAccumulation" | "resume" | "signal"
      >
    > {
  /**
   * `pair` (default): cross-entropy of the two outcomes, or of the three of a `three` head. `vocabulary`, for a `tag` head: cross-entropy over all tokens,
   * as the official model was trained.
   */
  readonly loss?: "pair" | "vocabulary" | undefined;
  /** The adapter that is trained, from `attachLora` of `@deepgrain/lm`; checkpoints hold it. */
  readonly lora?: AttachedLora | undefined;
  /** Held-out samples, and the number of steps between evaluations (there is also one at the end). */
  readonly evaluation?:
    | { readonly everySteps: number; readonly samples: readonly EncodedSteps[] }
    | undefined;
  readonly checkpoint?: Omit<FitCheckpoint, "weights"> | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof StepRewardConfig)[] = [
  "steps",
  "lr",
  "optimizer",
  "maxGradNorm",
  "gradientAccumulation",
  "batchSize",
  "padTokenId",
  "seed",
  "average",
  "loss",
  "lora",
  "evaluation",
  "checkpoint",
  "resume",
  "signal",
];

/** The loss of a batch, and the share of labelled steps on the right side of ½. */
function rewardStep(
  model: StepRewardModel,
  batch: StepBatch,
  loss: "pair" | "vocabulary",
  auxLossScale = 1,
): { loss: Tensor; scalars: { accuracy: Tensor } } {
  const { head } = model;
  const outputs = model.outputs(batch, { auxLossScale });
  const logits = model.logitsOf(outputs);
  const { targets, weights } = batch;
  const isHalfGood = head.kind === "three" && head.neutral !== "bad";
  const good = tensor(
    Uint8Array.from(targets, (y) => (y > 0.5 || (isHalfGood && y === 0.5) ? 1 : 0)),
    { dtype: "float32" },
  );
  const lossOf = (outputs: Tensor, logits: Tensor) => {
    if (head.kind === "three") return threeLoss(outputs, targets, weights);
    return head.kind === "tag" && loss === "vocabulary"
      ? tagLoss(outputs, targets, weights, head)
      : stepLoss(logits, targets, weights);
  };
  const counted = tensor(Float32Array.from(weights, (weight) => (weight > 0 ? 1 : 0)));
  const hits = logits.detach().gt(0).eq(good.gt(0)).mul(counted).sum();
  return {
    loss: lossOf(outputs, logits),
    scalars: { accuracy: hits.div(counted.sum()) },
  };
}

/**
 * Measures loss and accuracy over samples, in order, in evaluation mode and without gradients.
 * @throws {PrmError} `ERR_ARGUMENT` without samples
 */
export async function evaluateStepRewards(
  model: StepRewardModel,
  samples: readonly EncodedSteps[],
  options: Pick<StepRewardConfig, "batchSize" | "padTokenId" | "average" | "loss" | "signal"> = {},
): Promise<{ loss: number; scalars: { accuracy: number } }> {
  const {
    batchSize = 16,
    padTokenId = 0,
    average = "solution",
    loss = "pair",
    signal,
    ...rest
  } = optionsOf("evaluateStepRewards", options);
  refuseUnknown("evaluateStepRewards", rest);
  if (samples.length === 0)
    throw new PrmError("ERR_ARGUMENT", "evaluateStepRewards: there are no samples");
  const wasTraining = model.training;
  model.eval();
  const sums = { loss: 0, accuracy: 0 };
  try {
    for (let start = 0; start < samples.length; start += batchSize) {
      await takeTurn();
      signal?.throwIfAborted();
      const own = samples.slice(start, start + batchSize);
      const found = tidy(() =>
        noGrad(() => {
          const step = rewardStep(model, collateSteps(own, { padTokenId, average }), loss);
          return [step.loss, step.scalars.accuracy] as const;
        }),
      );
      const share = own.length / samples.length;
      sums.loss += share * (await found[0].item());
      sums.accuracy += share * (await found[1].item());
      for (const tensor of found) tensor.dispose();
    }
  } finally {
    model.train(wasTraining);
  }
  return { loss: sums.loss, scalars: { accuracy: sums.accuracy } };
}

/**
 * Trains a reward model on labelled steps, using `fit` of `@deepgrain/trainer`, so a run can be stopped and resumed.
 * Scalar of `step-end` and `eval-end`: `accuracy`, the share of labelled steps on the right side of ½.
 *
 * @param samples from `trainingSamples`
 * @throws {PrmError} `ERR_ARGUMENT` without samples, or for the loss `vocabulary` without a `tag` head; `ERR_RANGE`;
 *   `TrainerError` as `fit`; the signal's reason on abort
 * @see Wang et al. 2024 (Math-Shepherd), section 3.2
 */
export async function* trainStepRewards(
  model: StepRewardModel,
  samples: readonly EncodedSteps[],
  config: StepRewardConfig,
): AsyncGenerator<FitEvent, void> {
  const {
    loss = "pair",
    lora,
    evaluation,
    checkpoint,
    batchSize,
    padTokenId,
    seed,
    average,
    steps,
    lr,
    optimizer,
    maxGradNorm,
    gradientAccumulation = 1,
    resume,
    signal,
    ...rest
  } = optionsOf("trainStepRewards", config);
  refuseUnknown("trainStepRewards", rest, names);
  oneOf("trainStepRewards", "loss", loss, ["pair", "vocabulary"]);
  if (loss === "vocabulary" && model.head.kind !== "tag")
    throw new PrmError(
      "ERR_ARGUMENT",
      `trainStepRewards: the loss "vocabulary" needs a tag head, got ${model.head.kind}`,
    );
  yield* fit<StepBatch>(model, {
    data: stepBatches(samples, { batchSize, padTokenId, seed, average }),
    loss: (batch) => rewardStep(model, batch, loss, 1 / gradientAccumulation),
    explain: (batch) => firstNotFinite(model.model, batch),
    steps,
    lr,
    gradientAccumulation,
    optimizer,
    maxGradNorm,
    resume,
    signal,
    evaluation: evaluation
      ? {
          everySteps: evaluation.everySteps,
          measure: () =>
            evaluateStepRewards(model, evaluation.samples, {
              batchSize,
              padTokenId,
              average,
              loss,
              signal,
            }),
        }
      : undefined,
    checkpoint: checkpoint
      ? {
          ...checkpoint,
          weights: lora?.checkpointPart ?? modelWeights(model.model),
          parts: {
            ...checkpoint.parts,
            ...Object.fromEntries(
              model.score.map((layer, i) => [`score-${i}`, moduleWeights(layer)]),
            ),
          },
        }
      : undefined,
  });
}
