import type { Answer } from "./rollouts";

/** A sampled answer as it is logged. */
export interface RolloutRow {
  /** Number of the round of sampling, counted from 0. A resumed run may log its first round a second time. */
  round: number;
  /** Index of the prompt. */
  prompt_id: number;
  /** Index of the answer in its group. */
  group: number;
  text: string;
  tokens: readonly number[];
  /** Log-probability of the whole answer under the policy that sampled it, at the sampling temperature, in nats. */
  logp: number;
  /** Entropy of that policy's next token, the mean over the answer's tokens, in nats. */
  entropy: number;
  reward: number;
  /** Mean over the answer's tokens. */
  advantage: number;
}

/** Where sampled answers are logged. */
export interface RolloutLog {
  /** Takes all rows of a round before its first update. */
  write(rows: readonly RolloutRow[]): void | Promise<void>;
  /** The text of an answer. */
  decode(ids: readonly number[]): string;
}

/** The rows of a round; all lists are in the order of the answers. */
export function rolloutRows(
  round: number,
  { decode }: RolloutLog,
  answers: readonly Answer[],
  numbers: {
    groupSize: number;
    logps: readonly number[];
    entropies: readonly number[];
    rewards: readonly number[];
    advantages: readonly number[];
  },
): RolloutRow[] {
  const { groupSize, logps, entropies, rewards, advantages } = numbers;
  return answers.map(({ prompt, ids }, i) => ({
    round,
    prompt_id: prompt,
    group: i % groupSize,
    text: decode(ids),
    tokens: ids,
    logp: logps[i]!,
    entropy: entropies[i]!,
    reward: rewards[i]!,
    advantage: advantages[i]!,
  }));
}
