import { pathToFileURL } from "node:url";
import {
  type Answer,
  type PromptRecord,
  type RewardFunction,
  scoreAnswers,
} from "@deepgrain/align";
import type { Tokenizer } from "@deepgrain/lm";
import { fingerprintFiles, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { samplingFlags } from "../run/ppo-flags";
import { paddingOf } from "../run/prepare-align";
import { loadRewardModel } from "../run/reward-folder";

/** Where rewards come from, and how answers are sampled. */
export const rewardFlags = {
  reward: flags.file({
    help: "JavaScript module whose default export gives a reward to each answer: (answers: { text, prompt, row, isComplete }[]) => number[], or a promise of it",
  }),
  rewardModel: flags.folder({ help: "Folder of `align reward`, instead of --reward" }),
  ...samplingFlags,
};

type Given = Values<typeof rewardFlags>;

/** The data of an answer that a reward module receives. */
interface ReadableAnswer {
  text: string;
  prompt: unknown;
  /** The row's other keys. */
  row: Readonly<Record<string, unknown>>;
  isComplete: boolean;
}

/** Fingerprint of the source of the rewards. @throws {UsageError} unless there is exactly one */
export async function rewardFingerprint({ reward, rewardModel }: Given) {
  if ((reward === undefined) === (rewardModel === undefined))
    throw new UsageError("give either --reward or --reward-model");
  return reward === undefined ? fingerprintModel(rewardModel!) : fingerprintFiles([reward]);
}

async function moduleReward(
  path: string,
  records: readonly PromptRecord[],
  tokenizer: Tokenizer,
): Promise<RewardFunction> {
  const { default: score } = await import(pathToFileURL(path).href);
  if (typeof score !== "function")
    throw new UsageError(`--reward must export a function by default; ${path} does not`);
  const readable = ({ prompt, ids, isComplete }: Answer): ReadableAnswer => {
    const { prompt: asked, rest: row } = records[prompt]!;
    const text = tokenizer.decode(ids, { skipSpecialTokens: true });
    return { text, prompt: asked, row, isComplete };
  };
  return (answers) => score(answers.map(readable));
}

/** The reward of the flags. @param records the prompts, in the order in which answers name them */
export async function rewardOf(
  { reward, rewardModel }: Given,
  {
    records,
    tokenizer,
    signal,
  }: { records: readonly PromptRecord[]; tokenizer: Tokenizer; signal: AbortSignal },
): Promise<RewardFunction> {
  if (reward !== undefined) return moduleReward(reward, records, tokenizer);
  const judge = await loadRewardModel(rewardModel!, signal);
  return (answers) => scoreAnswers(judge, answers, { padTokenId: paddingOf(tokenizer) });
}
