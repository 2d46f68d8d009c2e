import { loadModel, saveModel } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { moduleWeights } from "@deepgrain/trainer";
import { optionsOf, refuseUnknown } from "../errors";
import { RewardModel } from "./reward-model";
import type { RewardFunction } from "./rewards";

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
  await saveModel(folder, model.model);
  await moduleWeights(model.score).save(`${folder}/${HEAD}`);
}

/**
 * Loads what {@link saveRewardModel} wrote, in evaluation mode.
 * @throws {LmError} as `loadModel`; {TrainerError} for a head that is missing or of another model
 */
export async function loadRewardModel(
  folder: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<RewardModel> {
  const { signal, ...rest } = optionsOf("loadRewardModel", options);
  refuseUnknown("loadRewardModel", rest);
  const model = new RewardModel(await loadModel(folder, { signal }));
  await moduleWeights(model.score).restore(`${folder}/${HEAD}`);
  return model.eval();
}

/** A reward model as a reward for `grpo` and `ppo`: the score of each answer behind its prompt. */
export const modelReward =
  (judge: RewardModel, { padTokenId }: { padTokenId: number }): RewardFunction =>
  async (answers) => {
    const rows = answers.map(({ promptIds, ids }) => [...promptIds, ...ids]);
    const length = Math.max(...rows.map((row) => row.length));
    const fill = (row: readonly number[], value: number) => [
      ...row,
      ...new Array<number>(length - row.length).fill(value),
    ];
    const present = rows.map((row) => row.map(() => 1));
    const scores = tidy(() =>
      noGrad(() =>
        judge.scores({
          ids: rows.flatMap((row) => fill(row, padTokenId)),
          attentionMask: present.flatMap((row) => fill(row, 0)),
          batch: rows.length,
          length,
        }),
      ),
    );
    const numbers = Array.from((await scores.data()) as Float32Array);
    scores.dispose();
    return numbers;
  };
