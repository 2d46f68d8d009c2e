import { type CausalLM, type LabelledBatch, modelWeights } from "@deepgrain/lm";
import { type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import { shuffled } from "../data/shuffled";
import { AlignError, optionsOf, refuseUnknown, whole } from "../errors";
import { type LogitModel, logpsOf, sequenceLogps } from "../logps";
import { type AdvantageOptions, groupAdvantages, processAdvantages } from "../losses/advantages";
import { type GrpoOptions, grpoLoss } from "../losses/grpo";
import { answerGrid, scatter } from "./answer-grid";
import { type AlignConfig, fitOptions, ownOptions, passOptions } from "./config";
import { quietly } from "./reference";
import { areSteps, askRewards, type RewardFunction, type Rewards, totalsOf } from "./rewards";
import {
  type Answer,
  collateAnswers,
  type SampleOptions,
  sampleAnswers,
  samplingOf,
} from "./rollouts";
import { rounds } from "./rounds";

/** Options of {@link grpo}. `batchSize` counts prompts per round of sampling (default 8). */
export interface GrpoConfig
  extends AlignConfig,
    Omit<GrpoOptions, "maxCompletionLength">,
    Omit<AdvantageOptions, "epsilon">,
    Omit<SampleOptions, "seed" | "signal"> {
  /** One number per answer (outcome supervision), or the rewards of its steps (process supervision). */
  reward: RewardFunction;
  /** A second model. Default: the policy without `lora`; none is needed with `beta` 0. */
  reference?: LogitModel | undefined;
  /** Updates per sampling, μ. Above 1 the ratio to the sampling policy is clipped, and `gradientAccumulation` must be 1. Default 1. */
  updates?: number | undefined;
}

/** The data of a round of sampling that its updates use. Plain data. */
interface GroupRollouts {
  answers: Answer[];
  /** Per answer, or per token of the batch. */
  advantages: number[];
  /** Log-probabilities under the sampling policy, per token of the batch; null where there is only one update. */
  oldLogps: number[] | null;
  reward: number;
  tokens: number;
}

interface GrpoBatch extends LabelledBatch {
  round: GroupRollouts;
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** Advantages per answer, or per token of the batch where steps were rewarded. */
function advantagesOf(
  answers: readonly Answer[],
  rewards: Rewards,
  { groupSize = 8, scale, correction }: GrpoConfig,
): number[] {
  const options = { scale, correction };
  if (!areSteps(rewards)) return Array.from(groupAdvantages(rewards, groupSize, options));
  const batch = collateAnswers(answers);
  const grid = answerGrid(answers, batch.length);
  const found = processAdvantages(rewards, groupSize, grid.length, options);
  return Array.from(scatter(found, grid, batch.batch * batch.length));
}

/** Log-probabilities of a batch's tokens under the current policy. */
async function readLogps(
  model: CausalLM,
  answers: readonly Answer[],
  temperature: number | undefined,
): Promise<number[]> {
  const tokens = tidy(() =>
    quietly(model, () => sequenceLogps(model, collateAnswers(answers), { temperature }).tokens),
  );
  const numbers = Array.from((await tokens.data()) as Float32Array);
  tokens.dispose();
  return numbers;
}

/** Samples and scores the answers of a round; the result depends only on its number and the weights. */
async function sampleGroups(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  config: GrpoConfig,
  round: number,
): Promise<GroupRollouts> {
  const { batchSize = 8, seed = 0, groupSize = 8, updates = 1, reward } = config;
  const promptAt = shuffled(prompts.length, seed);
  const chosen = Array.from({ length: batchSize }, (_, i) => promptAt(round * batchSize + i));
  const sampled = await sampleAnswers(
    model,
    chosen.map((index) => prompts[index]!),
    { ...samplingOf(config), groupSize, seed: [seed, round, 1] },
  );
  const answers = sampled.map((answer) => ({ ...answer, prompt: chosen[answer.prompt]! }));
  const rewards = await askRewards("grpo", reward, answers);
  return {
    answers,
    advantages: advantagesOf(answers, rewards, config),
    oldLogps: updates > 1 ? await readLogps(model, answers, config.temperature) : null,
    reward: meanOf(totalsOf(rewards)),
    tokens: meanOf(answers.map(({ ids }) => ids.length)),
  };
}

/** The names for the hint "did you mean". */
const names: readonly (keyof GrpoConfig)[] = [
  "reward",
  "steps",
  "lr",
  "optimizer",
  "batchSize",
  "groupSize",
  "maxNewTokens",
  "temperature",
  "updates",
  "reference",
  "lora",
  "beta",
  "lossType",
  "epsilonLow",
  "epsilonHigh",
  "scale",
  "correction",
  "maxGradNorm",
  "gradientAccumulation",
  "seed",
  "padTokenId",
  "eosTokenId",
  "engine",
  "checkpoint",
  "resume",
  "afterStep",
  "signal",
];

/** @throws {AlignError} `ERR_ARGUMENT` for an option that {@link grpo} does not have */
function refuseOthers(config: GrpoConfig): void {
  const {
    reward,
    reference,
    updates,
    gradientAccumulation,
    lossType,
    beta,
    epsilonLow,
    epsilonHigh,
    scale,
    correction,
    groupSize,
    maxNewTokens,
    temperature,
    eosTokenId,
    engine,
    ...rest
  } = ownOptions(optionsOf("grpo", config));
  refuseUnknown("grpo", rest, names);
}

function checkConfig(prompts: readonly (readonly number[])[], config: GrpoConfig): void {
  const {
    batchSize = 8,
    beta = 0.04,
    updates = 1,
    gradientAccumulation = 1,
    reference,
    lora,
  } = config;
  whole("grpo", "batchSize", batchSize, { min: 1 });
  whole("grpo", "updates", updates, { min: 1 });
  if (prompts.length === 0) throw new AlignError("ERR_MISSING", "align/grpo: there are no prompts");
  if (updates > 1 && gradientAccumulation > 1)
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/grpo: updates above 1 need gradientAccumulation 1, got ${updates} and ${gradientAccumulation}`,
      { fields: { updates, gradientAccumulation } },
    );
  if (beta > 0 && !reference && !lora)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/grpo: pass reference (a second model), lora, or beta 0; got none of them",
    );
}

/** The loss of one update. */
function grpoStep(
  model: CausalLM,
  batch: GrpoBatch,
  refLogps: Tensor | undefined,
  config: GrpoConfig,
) {
  const { lossType, beta = 0.04, epsilonLow, epsilonHigh } = config;
  const { maxNewTokens = 64, temperature } = config;
  const { answers, advantages, oldLogps, reward, tokens } = batch.round;
  const logits = model.forward(batch, passOptions(config));
  const { tokens: logps, mask } = logpsOf(logits, batch, { temperature });
  const perToken = advantages.length !== answers.length;
  const inputs = {
    logps,
    mask,
    advantages: tensor(Float32Array.from(advantages), perToken ? { shape: logps.shape } : {}),
    ...(oldLogps && { oldLogps: tensor(Float32Array.from(oldLogps), { shape: logps.shape }) }),
    ...(refLogps && { refLogps }),
  };
  const options = { lossType, beta, epsilonLow, epsilonHigh, maxCompletionLength: maxNewTokens };
  const { loss, kl, clipFraction } = grpoLoss(inputs, options);
  return {
    loss,
    scalars: { reward, length: tokens, ...(kl && { kl }), ...(oldLogps && { clipFraction }) },
  };
}

/**
 * Trains a policy by group relative policy optimisation, using `fit` of `@deepgrain/trainer`: a round samples a group
 * of answers to each of `batchSize` prompts, computes rewards, and makes `updates` updates. With one update, the ratio
 * to the sampling policy is 1, as in the paper's runs; with more it is clipped. Log-probabilities of policy, sampling
 * policy and reference are those at the sampling temperature. Scalars of `step-end`: `reward` (mean),
 * `length` (mean tokens), `kl` where there is a reference, and `clipFraction` with several updates.
 *
 * @param prompts token ids
 * @throws {AlignError} `ERR_MISSING` without prompts; `ERR_ARGUMENT` without a reference, or for several updates with accumulated gradients;
 *   `ERR_NOT_FINITE` for a reward that is NaN or infinite; `ERR_SHAPE` for a wrong number of rewards; `ERR_CONTEXT`;
 *   `TrainerError` as `fit`; the signal's reason
 * @see Shao et al. 2024 (DeepSeekMath), algorithm 1
 */
export async function* grpo(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  config: GrpoConfig,
): AsyncGenerator<FitEvent, void> {
  refuseOthers(config);
  checkConfig(prompts, config);
  const { lora, checkpoint, reference, beta = 0.04, updates = 1, padTokenId, temperature } = config;
  const logpsUnder = (of: LogitModel, batch: GrpoBatch) =>
    sequenceLogps(of, batch, { temperature }).tokens;
  const referenceOf = (batch: GrpoBatch) => {
    if (beta === 0) return;
    if (reference) return quietly(reference, () => logpsUnder(reference, batch));
    return quietly(model, () => lora!.withoutFactors(() => logpsUnder(model, batch)));
  };
  const sampled = rounds(updates, (round) => sampleGroups(model, prompts, config, round));
  yield* fit<GrpoBatch>(model, {
    ...fitOptions(model, config),
    data: {
      async batch(position) {
        const round = await sampled.at(position);
        return { ...collateAnswers(round.answers, padTokenId), round };
      },
    },
    loss: (batch) => grpoStep(model, batch, referenceOf(batch), config),
    ...(checkpoint && {
      checkpoint: {
        ...checkpoint,
        weights: lora?.checkpointPart ?? modelWeights(model),
        ...(updates > 1 && { parts: { ...checkpoint.parts, round: sampled.part } }),
      },
    }),
  });
}
