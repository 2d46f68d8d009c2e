import { AlignError, real } from "../errors";
import { combineRewards } from "../losses/advantages";
import { areSteps, askRewards, type RewardFunction, type Rewards, totalsOf } from "./rewards";
import type { Answer } from "./rollouts";

/** A reward with its weight in the sum. */
export interface WeightedReward {
  reward: RewardFunction;
  /** Finite. Default 1. */
  weight?: number | undefined;
}

/** Several rewards by name. The policy learns from their weighted sum; each is reported under its name. */
export type NamedRewards = Readonly<Record<string, RewardFunction | WeightedReward>>;

/** The rewards of some answers. */
export interface Scores {
  /** Total rewards that the policy learns from. */
  rewards: Rewards;
  /** The mean of each named reward, as a scalar `reward.<name>`; empty for a single reward. */
  means: Record<string, number>;
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** @throws {AlignError} `ERR_MISSING` for no named reward; `ERR_NOT_FINITE` or `ERR_RANGE` for a weight */
export function checkRewards(caller: string, reward: RewardFunction | NamedRewards): void {
  if (typeof reward === "function") return;
  const named = Object.entries(reward ?? {});
  if (named.length === 0)
    throw new AlignError("ERR_MISSING", `align/${caller}: reward must be a function, or name some`);
  for (const [name, one] of named) {
    if (typeof one === "function") continue;
    if (typeof one?.reward !== "function")
      throw new AlignError(
        "ERR_ARGUMENT",
        `align/${caller}: reward.${name} must be a function, or { reward, weight }`,
        { fields: { name } },
      );
    real(caller, `reward.${name}.weight`, one.weight ?? 1);
  }
}

/**
 * Asks one reward, or all named ones, for the rewards of answers.
 * @throws {AlignError} as `askRewards`; `ERR_ARGUMENT` for a named reward that rewards steps
 */
export async function askNamed(
  caller: string,
  reward: RewardFunction | NamedRewards,
  answers: readonly Answer[],
): Promise<Scores> {
  if (typeof reward === "function")
    return { rewards: await askRewards(caller, reward, answers), means: {} };
  const [totals, weights]: [number[][], number[]] = [[], []];
  const means: Record<string, number> = {};
  for (const [name, one] of Object.entries(reward)) {
    const own = typeof one === "function" ? { reward: one } : one;
    const rewards = await askRewards(caller, own.reward, answers);
    if (areSteps(rewards))
      throw new AlignError(
        "ERR_ARGUMENT",
        `align/${caller}: reward.${name} must give one number per answer; only a single reward may reward steps`,
        { fields: { name } },
      );
    totals.push(totalsOf(rewards));
    weights.push(own.weight ?? 1);
    means[`reward.${name}`] = meanOf(totals.at(-1)!);
  }
  return { rewards: combineRewards(totals, weights), means };
}
