import { pathToFileURL } from "node:url";
import {
  type Answer,
  type PromptRecord,
  type RewardFunction,
  scoreAnswers,
} from "@deepgrain/align";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne } from "@deepgrain/command-line/flags/given-together";
import type { Prepared } from "@deepgrain/command-line/trainings/prepare-align";
import { loadRewardModel } from "@deepgrain/command-line/trainings/reward-folder";
import { fingerprintFiles, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { problemOf } from "@deepgrain/support";
import type { sourceFlags } from "./flags";

type Given = Pick<Values<typeof sourceFlags>, "reward" | "rewardModel">;

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
  requireOne({ reward, rewardModel });
  return reward === undefined ? fingerprintModel(rewardModel!) : fingerprintFiles([reward]);
}

async function moduleReward(
  path: string,
  records: readonly PromptRecord[],
  { tokenizer }: Prepared,
): Promise<RewardFunction> {
  const { default: score } = await import(pathToFileURL(path).href).catch((cause) => {
    throw new FormatError(`${path} cannot be loaded: ${problemOf(cause)}`, { cause });
  });
  if (typeof score !== "function")
    throw new FormatError(`${path} must export a function by default, which it does not`);
  const readable = ({ prompt, ids, isComplete }: Answer): ReadableAnswer => {
    const { prompt: asked, rest: row } = records[prompt]!;
    const text = tokenizer.decode(ids, { skipSpecialTokens: true });
    return { text, prompt: asked, row, isComplete };
  };
  return (answers) => score(answers.map(readable));
}

/** The reward of the flags. @param records the prompts, in the order in which answers name them */
export async function rewardOf(
  { reward, rewardModel: folder = "" }: Given,
  {
    records,
    prepared,
    signal,
  }: { records: readonly PromptRecord[]; prepared: Prepared; signal: AbortSignal },
): Promise<RewardFunction> {
  if (reward !== undefined) return moduleReward(reward, records, prepared);
  const judge = await loadRewardModel(folder, signal);
  return (answers) => scoreAnswers(judge, answers, { padTokenId: prepared.padTokenId });
}
