import { existsSync } from "node:fs";
import { join } from "node:path";
import { RewardModel } from "@deepgrain/align";
import { loadModel, saveModel } from "@deepgrain/lm";
import { copyTokenizer } from "@deepgrain/studies/shared/training/copy-tokenizer";
import { makeFolder } from "@deepgrain/support/files";
import { moduleWeights } from "@deepgrain/trainer";
import { UsageError } from "../cli/usage-error";

/** Folder of the scalar head beside the backbone's files. */
const HEAD = "score";

/** Writes a reward model: the backbone as a model folder, its scalar head in a folder inside. */
export async function saveRewardModel(
  out: string,
  model: RewardModel,
  from: string,
): Promise<void> {
  await saveModel(out, model.model);
  await copyTokenizer(from, out);
  await makeFolder(join(out, HEAD));
  await moduleWeights(model.score).save(join(out, HEAD));
}

/** @throws {UsageError} for a folder without a head */
export async function loadRewardModel(folder: string, signal: AbortSignal): Promise<RewardModel> {
  if (!existsSync(join(folder, HEAD)))
    throw new UsageError(
      `--reward-model must be a folder of \`align reward\`; ${folder} has no ${HEAD}`,
    );
  const model = new RewardModel(await loadModel(folder, { signal }));
  await moduleWeights(model.score).restore(join(folder, HEAD));
  return model;
}
