import { noGrad, tensor, tidy } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import { shuffled } from "../data/shuffled";
import { AlignError, having, listOf, optionsOf, real, refuseUnknown, whole } from "../errors";
import { pointwiseRewardLoss } from "../losses/reward";
import { type AlignConfig, fitOptions, ownOptions, passOptions } from "./config";
import type { RewardModel } from "./reward-model";
import { type Answer, collateAnswers } from "./rollouts";

/** An answer with its verdict. */
export interface JudgedAnswer extends Pick<Answer, "promptIds" | "ids"> {
  /** 1 for right, 0 for wrong, or a probability between them. */
  label: number;
}

/** Prompts and answers as a batch of a reward model. */
const batchOf = (answers: readonly Pick<Answer, "promptIds" | "ids">[], padTokenId = 0) => {
  const { labels: _, ...batch } = collateAnswers(answers, padTokenId);
  return batch;
};

/**
 * The scores that a reward model gives to answers, in evaluation mode and without gradients.
 *
 * @param options.batchSize answers per pass. Default 64
 * @param options.padTokenId pads shorter sequences; masked. Default 0
 * @returns one number per answer
 */
export async function scoreAnswers(
  model: RewardModel,
  answers: readonly Pick<Answer, "promptIds" | "ids">[],
  options: { batchSize?: number | undefined; padTokenId?: number | undefined } = {},
): Promise<number[]> {
  const { batchSize = 64, padTokenId, ...rest } = optionsOf("scoreAnswers", options);
  refuseUnknown("scoreAnswers", rest);
  having("scoreAnswers", "model", model, "namedTensors");
  whole("scoreAnswers", "batchSize", batchSize, { min: 1 });
  const wasTraining = model.training;
  model.eval();
  const all: number[] = [];
  try {
    for (let start = 0; start < answers.length; start += batchSize) {
      const batch = batchOf(answers.slice(start, start + batchSize), padTokenId);
      const scores = tidy(() => noGrad(() => model.scores(batch)));
      all.push(...((await scores.data()) as Float32Array));
      scores.dispose();
    }
  } finally {
    model.train(wasTraining);
  }
  return all;
}

/**
 * Trains a reward model on single answers with verdicts, using `fit` of `@deepgrain/trainer`. Scalars of `step-end`:
 * `accuracy`, the share of answers on whose side of 0 their score is.
 *
 * @throws {AlignError} `ERR_MISSING` without answers; `ERR_RANGE` for a label outside [0, 1]; `TrainerError` as `fit`
 * @see Zhu et al. 2024 (DeepSeek-Coder-V2), section 4.2
 */
export async function* trainPointwiseReward(
  model: RewardModel,
  answers: readonly JudgedAnswer[],
  config: AlignConfig,
): AsyncGenerator<FitEvent, void> {
  const { gradientAccumulation: _, ...rest } = ownOptions(
    optionsOf("trainPointwiseReward", config),
  );
  refuseUnknown("trainPointwiseReward", rest);
  const { batchSize = 8, padTokenId, seed = 0, checkpoint } = config;
  if (listOf("trainPointwiseReward", "answers", answers).length === 0)
    throw new AlignError("ERR_MISSING", "align/trainPointwiseReward: there are no answers");
  whole("trainPointwiseReward", "batchSize", batchSize, { min: 1 });
  for (const [i, { label }] of answers.entries())
    real("trainPointwiseReward", `answers[${i}].label`, label, { min: 0, max: 1 });
  const answerAt = shuffled(answers.length, seed);
  yield* fit(model, {
    ...fitOptions(model.model, config),
    data: {
      batch(position) {
        const chosen = Array.from(
          { length: batchSize },
          (_, i) => answers[answerAt(position * batchSize + i)]!,
        );
        return { ...batchOf(chosen, padTokenId), verdicts: chosen.map(({ label }) => label) };
      },
    },
    loss({ verdicts, ...batch }) {
      const scores = model.scores(batch, passOptions(config));
      const sides = tensor(Float32Array.from(verdicts, (label) => (label > 0.5 ? 1 : -1)));
      const right = scores.detach().mul(sides).gt(0);
      return {
        loss: pointwiseRewardLoss(scores, verdicts),
        scalars: { accuracy: right.sum().div(verdicts.length) },
      };
    },
    checkpoint,
  });
}
