import { checkFinite } from "../checks";
import { AlignError } from "../errors";
import type { StepRewards } from "../losses/advantages";
import type { Answer } from "./rollouts";

/** One finite number per answer, or the rewards of each answer's steps. */
export type Rewards = ArrayLike<number> | readonly StepRewards[];

/** Scores answers, in order: a program, a reward model, anything. */
export type RewardFunction = (answers: readonly Answer[]) => Rewards | Promise<Rewards>;

/** Whether rewards are those of steps. */
export const areSteps = (rewards: Rewards): rewards is readonly StepRewards[] =>
  typeof rewards[0] === "object";

/** What each answer earned in all: its reward, or the sum of its steps'. */
export const totalsOf = (rewards: Rewards): number[] =>
  areSteps(rewards)
    ? rewards.map(({ rewards: own }) => own.reduce((sum, reward) => sum + reward, 0))
    : Array.from(rewards);

/**
 * Asks for rewards and checks them.
 * @throws {AlignError} `ERR_SHAPE` for another number of them; `ERR_NOT_FINITE` naming the answer whose reward is NaN or infinite
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
    for (const [i, own] of rewards.entries())
      checkFinite(caller, `rewards[${i}].rewards`, own.rewards);
  else checkFinite(caller, "rewards", rewards);
  return rewards;
}
