import type { Answer, NamedRewards, RewardFunction } from "@deepgrain/align";
import { RewardLearner, scoreAnswers } from "@deepgrain/align";
import { programOf, type Task } from "@deepgrain/coder";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { paddingOf } from "@deepgrain/command-line/trainings/prepare-align";
import { loadRewardModel } from "@deepgrain/command-line/trainings/reward-folder";
import type { Tokenizer } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { CheckpointParts } from "@deepgrain/trainer";
import type { rewardFlags } from "./flags";
import type { OpenJudge } from "./open-judge";

type Given = Values<typeof rewardFlags>;

/** @throws {UsageError} for a reward model that is missing or not used */
export function checkRewards({ reward, rewardModel, learnEvery }: Given): void {
  if ((reward === "tests") !== (rewardModel === undefined))
    throw new UsageError(
      reward === "tests"
        ? "--reward-model needs --reward model or both"
        : `--reward ${reward} needs --reward-model`,
    );
  if (learnEvery !== undefined && reward === "tests")
    throw new UsageError("--learn-every needs a reward model");
}

/** The program of an answer: what the prompt begins, up to a text that ends it. */
function programText(task: Task, text: string): string {
  const cuts = (task.stop ?? []).map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return cuts.length === 0 ? text : text.slice(0, Math.min(...cuts));
}

/** 1 for an answer whose program passes its task's tests. A program that was run before is not run again. */
export function testReward(
  tasks: readonly Task[],
  { tokenizer, judge }: { tokenizer: Tokenizer; judge: OpenJudge },
): RewardFunction {
  const known = new Map<string, number>();
  return async (answers: readonly Answer[]) => {
    const rewards: number[] = [];
    for (const { prompt, ids } of answers) {
      const task = tasks[prompt]!;
      const text = programText(task, tokenizer.decode(ids, { skipSpecialTokens: true }));
      const key = `${task.id}\n${text}`;
      if (!known.has(key)) {
        const { verdict } = await judge.test(programOf(task, text), task.tests);
        known.set(key, verdict === "passed" ? 1 : 0);
      }
      rewards.push(known.get(key)!);
    }
    return rewards;
  };
}

/** The rewards of the flags, what trains the reward model meanwhile, and what checkpoints must hold of it. */
export async function openRewards(
  given: Given,
  tests: RewardFunction,
  { tokenizer, seed, signal }: { tokenizer: Tokenizer; seed: number; signal: AbortSignal },
): Promise<{
  reward: RewardFunction | NamedRewards;
  learner?: RewardLearner;
  parts: CheckpointParts;
}> {
  const { reward, rewardModel, testWeight, modelWeight, learnEvery, learnSteps, learnLr } = given;
  if (reward === "tests") return { reward: tests, parts: {} };
  const model = await loadRewardModel(rewardModel!, signal);
  const padTokenId = paddingOf(tokenizer);
  const score: RewardFunction = (answers) => scoreAnswers(model, answers, { padTokenId });
  const both: NamedRewards = {
    tests: { reward: tests, weight: testWeight },
    model: { reward: score, weight: modelWeight },
  };
  const chosen = reward === "both" ? both : score;
  if (learnEvery === undefined) return { reward: chosen, parts: {} };
  const train = { steps: learnSteps, lr: learnLr, padTokenId, seed, signal };
  const learner = new RewardLearner(model, { judge: tests, train });
  return { reward: chosen, learner, parts: learner.parts };
}
