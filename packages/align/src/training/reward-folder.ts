import { loadModel, saveModel } from "@deepgrain/lm";
import { moduleWeights } from "@deepgrain/trainer";
import { having, optionsOf, refuseUnknown, textOf } from "../errors";
import { RewardModel } from "./reward-model";

/** Folder of the scalar head beside the backbone's files. */
const HEAD = "score";

/**
 * Writes a reward model: the backbone as a model folder, its scalar head in a folder `score` inside. The tokenizer is not
 * written; see `copyTokenizer` of `@deepgrain/lm`.
 *
 * @param folder path, made when missing
 * @throws {LmError} `ERR_IO`; `TensorError` as `saveTensors`
 */
export async function saveRewardModel(folder: string, model: RewardModel): Promise<void> {
  textOf("saveRewardModel", "folder", folder);
  having("saveRewardModel", "model", model, "model", "score");
  await saveModel(folder, model.model);
  await moduleWeights(model.score).save(`${folder}/${HEAD}`);
}

/**
 * Loads a reward model that {@link saveRewardModel} wrote, in evaluation mode.
 * @throws {LmError} as `loadModel`; {TrainerError} for a head that is missing or of another model
 */
export async function loadRewardModel(
  folder: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<RewardModel> {
  textOf("loadRewardModel", "folder", folder);
  const { signal, ...rest } = optionsOf("loadRewardModel", options);
  refuseUnknown("loadRewardModel", rest);
  const model = new RewardModel(await loadModel(folder, { signal }));
  await moduleWeights(model.score).restore(`${folder}/${HEAD}`);
  return model.eval();
}
