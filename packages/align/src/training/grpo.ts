import { type CausalLM, type LabelledBatch, modelWeights } from "@deepgrain/lm";
import { tensor } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import { checkWhole } from "../checks";
import { shuffled } from "../data/shuffled";
import { AlignError } from "../errors";
import { type LogitModel, logpsOf, sequenceLogps } from "../logps";
import { type AdvantageOptions, groupAdvantages } from "../losses/advantages";
import { type GrpoOptions, grpoLoss } from "../losses/grpo";
import { type AlignConfig, fitOptions, passOptions } from "./config";
import { quietly } from "./reference";
import { type Answer, collateAnswers, type SampleOptions, sampleAnswers } from "./rollouts";

/** Options of {@link grpo}. `batchSize` counts prompts per step (default 8). */
export interface GrpoConfig
  extends AlignConfig,
    Omit<GrpoOptions, "maxCompletionLength">,
    Omit<AdvantageOptions, "epsilon">,
    Omit<SampleOptions, "seed" | "signal"> {
  /** One finite reward per answer, in order: a program, a reward model, anything. */
  reward: (answers: readonly Answer[]) => ArrayLike<number> | Promise<ArrayLike<number>>;
  /** A second model. Default: the policy with `lora` left out; none is needed with `beta` 0. */
  reference?: LogitModel;
}

interface Rollouts extends LabelledBatch {
  advantages: Float64Array;
  meanReward: number;
  meanLength: number;
}

const meanOf = (numbers: ArrayLike<number>) =>
  Array.from(numbers).reduce((sum, x) => sum + x, 0) / numbers.length;

/** Samples and scores the answers of a step: a function of its position and the weights. */
function rolloutData(model: CausalLM, prompts: readonly (readonly number[])[], config: GrpoConfig) {
  const {
    batchSize = 8,
    seed = 0,
    groupSize = 8,
    padTokenId,
    reward,
    scale,
    correction,
    signal,
  } = config;
  const promptAt = shuffled(prompts.length, seed);
  return {
    async batch(position: number): Promise<Rollouts> {
      const chosen = Array.from({ length: batchSize }, (_, i) =>
        promptAt(position * batchSize + i),
      );
      const sampled = await sampleAnswers(
        model,
        chosen.map((index) => prompts[index]!),
        { ...config, groupSize, seed: [seed, position, 1], ...(signal && { signal }) },
      );
      const answers = sampled.map((answer) => ({ ...answer, prompt: chosen[answer.prompt]! }));
      const rewards = await reward(answers);
      if (rewards.length !== answers.length)
        throw new AlignError(
          "ERR_SHAPE",
          `align/grpo: reward must return ${answers.length} numbers, got ${rewards.length}`,
          { fields: { answers: answers.length, rewards: rewards.length } },
        );
      const advantages = groupAdvantages(rewards, groupSize, {
        ...(scale && { scale }),
        ...(correction !== undefined && { correction }),
      });
      const meanLength = meanOf(answers.map(({ ids }) => ids.length));
      return {
        ...collateAnswers(answers, padTokenId),
        advantages,
        meanReward: meanOf(rewards),
        meanLength,
      };
    },
  };
}

function checkConfig(prompts: readonly (readonly number[])[], config: GrpoConfig): void {
  const { batchSize = 8, beta = 0.04, reference, lora } = config;
  checkWhole("grpo", "batchSize", batchSize, 1);
  if (prompts.length === 0) throw new AlignError("ERR_MISSING", "align/grpo: there are no prompts");
  if (beta > 0 && !reference && !lora)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/grpo: pass reference (a second model), lora, or beta 0; got none of them",
    );
}

/**
 * Trains a policy by group relative policy optimisation, on `fit` of `@deepgrain/trainer`: each step samples a group of answers
 * to each of `batchSize` prompts, asks for rewards, and makes one update, so that the ratio to the sampling policy is 1 as in the
 * paper's runs. Scalars of `step-end`: `reward` (mean), `length` (mean tokens), and `kl` where there is a reference.
 *
 * @param prompts token ids
 * @throws {AlignError} `ERR_MISSING` without prompts; `ERR_ARGUMENT` without a reference; `ERR_NOT_FINITE` for a reward that is
 *   NaN or infinite; `ERR_SHAPE` for another number of rewards; `ERR_CONTEXT`; `TrainerError` as `fit`; the signal's reason
 * @see Shao et al. 2024 (DeepSeekMath), algorithm 1 with μ = 1
 */
export async function* grpo(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  config: GrpoConfig,
): AsyncGenerator<FitEvent, void> {
  checkConfig(prompts, config);
  const { lora, checkpoint, reference, beta = 0.04, maxNewTokens = 64 } = config;
  const referenceOf = (batch: Rollouts) => {
    if (beta === 0) return;
    if (reference) return quietly(reference, () => sequenceLogps(reference, batch).tokens);
    return quietly(model, () => lora!.withoutFactors(() => sequenceLogps(model, batch).tokens));
  };
  yield* fit(model, {
    ...fitOptions(config),
    data: rolloutData(model, prompts, config),
    loss(batch) {
      const { tokens: logps, mask } = logpsOf(model.forward(batch, passOptions(config)), batch);
      const refLogps = referenceOf(batch);
      const advantages = tensor(Float32Array.from(batch.advantages));
      const { loss, kl } = grpoLoss(
        { logps, advantages, mask, ...(refLogps && { refLogps }) },
        { ...config, beta, maxCompletionLength: maxNewTokens },
      );
      return {
        loss,
        scalars: { reward: batch.meanReward, length: batch.meanLength, ...(kl && { kl }) },
      };
    },
    ...(checkpoint && {
      checkpoint: { ...checkpoint, weights: lora?.checkpointPart ?? modelWeights(model) },
    }),
  });
}
