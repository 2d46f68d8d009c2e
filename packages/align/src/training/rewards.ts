import { AlignError, finite } from "../errors";
import type { StepRewards } from "../losses/advantages";
import type { Answer } from "./rollouts";

/** One finite number per answer, or the rewards of each answer's steps. */
export type Rewards = ArrayLike<number> | readonly StepRewards[];

/** Scores answers, in order: for example a program or a reward model. */
export type RewardFunction = (answers: readonly Answer[]) => Rewards | Promise<Rewards>;

/** Whether rewards are step rewards. */
export const areSteps = (rewards: Rewards): rewards is readonly StepRewards[] =>
  typeof rewards[0] === "object";

/** The total reward of each answer: its reward, or the sum of its step rewards. */
export const totalsOf = (rewards: Rewards): number[] =>
  areSteps(rewards)
    ? rewards.map(({ rewards: own }) => own.reduce((sum, reward) => sum + reward, 0))
    : Array.from(rewards);

/**
 * Computes rewards and checks them.
 * @throws {AlignError} `ERR_SHAPE` for a wrong number of rewards; `ERR_NOT_FINITE` naming the answer whose reward is
 * NaN or infinite
 */
export async function askRewards(
  caller: string,
  reward: RewardFunction,
  answers: readonly Answer[],
): Promise<Rewards> {
  const rewards = await reward(answers);
  if (rewards.length !== answers.length)
    throw new AlignError(
      "ERR_SHAPE",
      `align/${caller}: reward must return ${answers.length} entries, got ${rewards.length}`,
      { fields: { answers: answers.length, rewards: rewards.length } },
    );
  if (areSteps(rewards))
    for (const [i, own] of rewards.entries()) finite(caller, `rewards[${i}].rewards`, own.rewards);
  else finite(caller, "rewards", rewards);
  return rewards;
}
