/** @file A round of GRPO: sampled answers, their rewards and advantages, and which of them the updates use. */
import type { CausalLM } from "@deepgrain/lm";
import { type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { shuffled } from "../data/shuffled";
import { tokenEntropies } from "../entropy";
import { atTemperature, logpsOf } from "../logps";
import { groupAdvantages, processAdvantages } from "../losses/advantages";
import { answerGrid, scatter } from "./answer-grid";
import type { GrpoConfig } from "./grpo-config";
import { askNamed } from "./named-rewards";
import { quietly } from "./reference";
import { areSteps, type Rewards, totalsOf } from "./rewards";
import { rolloutRows } from "./rollout-log";
import { type Answer, collateAnswers, sampleAnswers, samplingOf } from "./rollouts";

/** The data of a round of sampling that its updates use. Plain data. */
export interface GroupRollouts {
  /** The answers in the loss. */
  answers: Answer[];
  /** Per answer in the loss, or per token of their batch. */
  advantages: number[];
  /** Weight of these answers' loss in the loss of all: the others are 0, but count in the mean. */
  share: number;
  /** Log-probabilities under the sampling policy, per token of the batch; null where there is only one update. */
  oldLogps: number[] | null;
  /** Numbers that the events report. */
  scalars: Record<string, number>;
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** Advantages of answers, one or one per token each. */
interface Advantages {
  perToken: boolean;
  rows: number[][];
}

function advantagesOf(
  answers: readonly Answer[],
  rewards: Rewards,
  { groupSize = 8, scale, correction }: GrpoConfig,
): Advantages {
  const options = { scale, correction };
  if (!areSteps(rewards)) {
    const found = groupAdvantages(rewards, groupSize, options);
    return { perToken: false, rows: Array.from(found, (advantage) => [advantage]) };
  }
  const length = Math.max(...answers.map(({ ids }) => ids.length));
  const found = processAdvantages(rewards, groupSize, length, options);
  const rowOf = (i: number, { ids }: Answer) =>
    Array.from(found.subarray(i * length, i * length + ids.length));
  return { perToken: true, rows: answers.map((answer, i) => rowOf(i, answer)) };
}

/** Advantages as the loss takes them: per answer, or per token of the answers' batch. */
function laidOut(answers: readonly Answer[], { perToken, rows }: Advantages): number[] {
  if (!perToken) return rows.map(([advantage]) => advantage!);
  const batch = collateAnswers(answers);
  const grid = answerGrid(answers, batch.length);
  const numbers = rows.flatMap((row) => [
    ...row,
    ...new Array<number>(grid.length - row.length).fill(0),
  ]);
  return Array.from(scatter(numbers, grid, batch.batch * batch.length));
}

/**
 * Log-probabilities under the current policy: of each token of the answers' batch, and of each answer, with the mean entropy at
 * its tokens.
 */
async function readLogps(
  model: CausalLM,
  answers: readonly Answer[],
  temperature = 1,
): Promise<{ tokens: number[]; sums: number[]; entropies: number[] }> {
  const found = tidy(() =>
    quietly(model, () => {
      const batch = collateAnswers(answers);
      const logits = atTemperature(model.forward(batch), temperature);
      const { tokens, sums, counts, mask } = logpsOf(logits, batch);
      const marks = tensor(Float32Array.from(mask), { shape: tokens.shape });
      const totals = tokenEntropies(logits).mul(marks).sum({ dim: -1 });
      return { tokens, sums, entropies: totals.div(tensor(Float32Array.from(counts))) };
    }),
  );
  const { tokens, sums, entropies } = found;
  const read = async (of: Tensor) => Array.from((await of.data()) as Float32Array);
  const numbers = {
    tokens: await read(tokens),
    sums: await read(sums),
    entropies: await read(entropies),
  };
  for (const one of Object.values(found)) one.dispose();
  return numbers;
}

/** Marks of the answers of groups in which no answer is better than another. */
function equalAnswers({ rows }: Advantages, groupSize: number): boolean[] {
  const isZero = rows.map((row) => row.every((advantage) => advantage === 0));
  return rows.map((_, i) => {
    const start = i - (i % groupSize);
    return isZero.slice(start, start + groupSize).every(Boolean);
  });
}

/** Which answers have a term in the loss, and what their loss counts in the loss of all. */
function inLoss(
  answers: readonly Answer[],
  isEqual: readonly boolean[],
  { maskTruncated = false, beta = 0.04, lossType = "grpo" }: GrpoConfig,
): { kept: number[]; share: number } {
  const isMasked = (i: number) => maskTruncated && !answers[i]!.isComplete;
  const all = [...answers.keys()];
  const kept = all.filter((i) => !isMasked(i) && !(isEqual[i] && beta === 0));
  if (kept.length === 0) return { kept: [0], share: 0 };
  const perAnswer = lossType === "grpo" || lossType === "dr-grpo";
  const size = (rows: readonly number[]) =>
    perAnswer ? rows.length : rows.reduce((sum, i) => sum + answers[i]!.ids.length, 0);
  return { kept, share: size(kept) / size(perAnswer ? all : all.filter((i) => !isMasked(i))) };
}

/** Samples and scores the answers of a round; the result depends only on its number and the weights. */
export async function sampleGroups(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  config: GrpoConfig,
  round: number,
): Promise<GroupRollouts & { sampled: Answer[] }> {
  const { batchSize = 8, seed = 0, groupSize = 8, updates = 1, temperature, log } = config;
  const promptAt = shuffled(prompts.length, seed);
  const chosen = Array.from({ length: batchSize }, (_, i) => promptAt(round * batchSize + i));
  const found = await sampleAnswers(
    model,
    chosen.map((index) => prompts[index]!),
    { ...samplingOf(config), groupSize, seed: [seed, round, 1] },
  );
  const sampled = found.map((answer) => ({ ...answer, prompt: chosen[answer.prompt]! }));
  const { rewards, means } = await askNamed("grpo", config.reward, sampled);
  const totals = totalsOf(rewards);
  const advantages = advantagesOf(sampled, rewards, config);
  const isEqual = equalAnswers(advantages, groupSize);
  const { kept, share } = inLoss(sampled, isEqual, config);
  const answers = kept.map((i) => sampled[i]!);
  const rows = kept.map((i) => advantages.rows[i]!);
  if (log) {
    const { sums: logps, entropies } = await readLogps(model, sampled, temperature);
    const each = advantages.rows.map(meanOf);
    const numbers = { groupSize, logps, entropies, rewards: totals, advantages: each };
    await log.write(rolloutRows(round, log, sampled, numbers));
  }
  return {
    sampled,
    answers,
    advantages: laidOut(answers, { ...advantages, rows }),
    share,
    oldLogps: updates > 1 ? (await readLogps(model, answers, temperature)).tokens : null,
    scalars: {
      reward: meanOf(totals),
      ...means,
      length: meanOf(sampled.map(({ ids }) => ids.length)),
      truncated: meanOf(sampled.map(({ isComplete }) => (isComplete ? 0 : 1))),
      equalGroups: isEqual.filter((equal, i) => equal && i % groupSize === 0).length,
    },
  };
}
