import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { shuffled } from "../data/shuffled";
import { logpsOf, sequenceLogps } from "../logps";
import { generalizedAdvantages, tokenRewards, whiten } from "../losses/gae";
import { adaptKlCoefficient } from "../losses/ppo";
import { type AnswerGrid, answerGrid, gather } from "./answer-grid";
import type { PpoConfig } from "./ppo-config";
import { quietly } from "./reference";
import { areSteps, askRewards, type Rewards, totalsOf } from "./rewards";
import { type Answer, collateAnswers, sampleAnswers, samplingOf } from "./rollouts";
import { spreadToSteps, stepGrid } from "./step-moves";
import type { ValueModel } from "./value-model";

/** The data of a round of sampling that its steps use. Plain data. */
export interface PpoRollouts {
  answers: Answer[];
  /** Per token of each answer, [answers × T]. */
  oldLogps: number[];
  oldValues: number[];
  advantages: number[];
  returns: number[];
  /** Means over the answers. */
  reward: number;
  tokens: number;
  steps: number | null;
  /** Mean of log π − log π_ref summed per answer. */
  kl: number;
  /** Weight of the KL penalty in this round. */
  klCoefficient: number;
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** Log-probabilities under the reference, [batch × length], without gradient; undefined without a reference. */
function referenceTokens(
  model: ValueModel,
  batch: ReturnType<typeof collateAnswers>,
  { reference, lora, temperature }: PpoConfig,
): Tensor | undefined {
  if (reference)
    return quietly(reference, () => sequenceLogps(reference, batch, { temperature }).tokens);
  return lora?.withoutFactors(() => sequenceLogps(model.model, batch, { temperature }).tokens);
}

/** Log-probabilities of the sampling policy and of the reference, and values, with one pass each. */
async function measure(model: ValueModel, answers: readonly Answer[], config: PpoConfig) {
  const batch = collateAnswers(answers, config.padTokenId);
  const grid = answerGrid(answers, batch.length);
  const wasTraining = model.training;
  model.eval();
  const found = tidy(() =>
    noGrad(() => {
      const { logits, values } = model.both(batch);
      const refLogps = referenceTokens(model, batch, config);
      const logps = logpsOf(logits, batch, { temperature: config.temperature }).tokens;
      return { logps, values, ...(refLogps && { refLogps }) };
    }),
  );
  model.train(wasTraining);
  const read = async (tensor: Tensor) => gather((await tensor.data()) as Float32Array, grid);
  const [logps, values] = [await read(found.logps), await read(found.values)];
  const refLogps = found.refLogps ? await read(found.refLogps) : logps;
  for (const tensor of Object.values(found)) tensor.dispose();
  return { grid, logps, values, refLogps };
}

/** Step rewards at the last token of each step, [answers × T]. */
function stepGridRewards(rewards: Rewards, { rows, length }: AnswerGrid): Float64Array | undefined {
  if (!areSteps(rewards)) return undefined;
  const grid = new Float64Array(rows * length);
  for (const [row, { ends, rewards: own }] of rewards.entries())
    for (const [i, end] of ends.entries()) grid[row * length + end]! += own[i]!;
  return grid;
}

/** 1 at the ends of steps. */
function boundariesOf(rewards: Rewards, { rows, length, lastIndex }: AnswerGrid): Uint8Array {
  const marks = new Uint8Array(rows * length);
  for (let row = 0; row < rows; row++) marks[row * length + lastIndex[row]!] = 1;
  if (areSteps(rewards))
    for (const [row, { ends }] of rewards.entries())
      for (const end of ends) marks[row * length + end] = 1;
  return marks;
}

type Measured = Awaited<ReturnType<typeof measure>>;

/** Advantages and returns per token, by tokens or with a whole step as one move. */
function estimate(
  { grid, values }: Measured,
  rewards: Float64Array,
  given: Rewards,
  { gamma = 1, lambda = 0.95, moves = "tokens" }: PpoConfig,
) {
  const options = { gamma, lambda };
  if (moves === "tokens") return generalizedAdvantages(grid, rewards, values, options);
  const boundaries = boundariesOf(given, grid);
  if (moves === "step-ends")
    return generalizedAdvantages(grid, rewards, values, { ...options, boundaries });
  const coarse = stepGrid(grid, boundaries, { rewards, values });
  const found = generalizedAdvantages(coarse, coarse.rewards, coarse.values, options);
  return spreadToSteps(grid, coarse, found);
}

function advantagesOf(measured: Measured, given: Rewards, config: PpoConfig, coefficient: number) {
  const { grid, logps, refLogps } = measured;
  const steps = stepGridRewards(given, grid);
  const { rewards, kl } = tokenRewards(
    {
      rows: grid.rows,
      length: grid.length,
      logps,
      refLogps,
      lastIndex: grid.lastIndex,
      ...(steps ? { stepRewards: steps } : { scores: totalsOf(given) }),
    },
    {
      klCoefficient: coefficient,
      klEstimator: config.klEstimator,
    },
  );
  const found = estimate(measured, rewards, given, config);
  const marks = Uint8Array.from(found.advantages, (_, i) =>
    i % grid.length <= grid.lastIndex[Math.floor(i / grid.length)]! ? 1 : 0,
  );
  const tokens = marks.reduce((sum, mark) => sum + mark, 0);
  const advantages = tokens > 1 ? whiten(found.advantages, marks) : found.advantages;
  const perAnswer = kl.reduce((sum, x) => sum + x, 0) / grid.rows;
  return { advantages, returns: found.returns, kl: perAnswer };
}

/**
 * Samples, scores and measures the answers of a round.
 * @param at.before the previous round, whose KL adapts the coefficient
 */
export async function sampleRound(
  model: ValueModel,
  prompts: readonly (readonly number[])[],
  config: PpoConfig,
  { round, before }: { round: number; before: PpoRollouts | null },
): Promise<PpoRollouts> {
  const { batchSize = 8, groupSize = 1, seed = 0, reward } = config;
  const { klCoefficient = 0.05, adaptiveKl } = config;
  const coefficient =
    before && adaptiveKl
      ? adaptKlCoefficient(before.klCoefficient, before.kl, before.answers.length, adaptiveKl)
      : klCoefficient;
  const promptAt = shuffled(prompts.length, seed);
  const chosen = Array.from({ length: batchSize }, (_, i) => promptAt(round * batchSize + i));
  const sampled = await sampleAnswers(
    model.model,
    chosen.map((index) => prompts[index]!),
    { ...samplingOf(config), groupSize, seed: [seed, round, 2] },
  );
  const answers = sampled.map((answer) => ({ ...answer, prompt: chosen[answer.prompt]! }));
  const rewards = await askRewards("ppo", reward, answers);
  const measured = await measure(model, answers, config);
  const { advantages, returns, kl } = advantagesOf(measured, rewards, config, coefficient);
  return {
    answers,
    oldLogps: Array.from(measured.logps),
    oldValues: Array.from(measured.values),
    advantages: Array.from(advantages),
    returns: Array.from(returns),
    reward: meanOf(totalsOf(rewards)),
    tokens: meanOf(answers.map(({ ids }) => ids.length)),
    steps: areSteps(rewards) ? meanOf(rewards.map(({ ends }) => ends.length)) : null,
    kl,
    klCoefficient: coefficient,
  };
}
