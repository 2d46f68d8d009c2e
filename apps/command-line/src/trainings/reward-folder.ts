import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  loadRewardModel as load,
  type RewardModel,
  saveRewardModel as save,
} from "@deepgrain/align";
import { copyTokenizer } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";

/** Writes a reward model with the tokenizer of the model that it was trained from. */
export async function saveRewardModel(
  out: string,
  model: RewardModel,
  from: string,
): Promise<void> {
  await save(out, model);
  await copyTokenizer(from, out);
}

/** @throws {UsageError} for a folder without a head */
export async function loadRewardModel(folder: string, signal: AbortSignal): Promise<RewardModel> {
  if (!existsSync(join(folder, "score")))
    throw new UsageError(
      `--reward-model must be a folder of \`align reward\`; ${folder} has no score`,
    );
  return load(folder, { signal });
}
