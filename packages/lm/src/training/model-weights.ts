import { openFolder } from "@deepgrain/tensor-gpu";
import type { CheckpointPart } from "@deepgrain/trainer";
import { loadWeights } from "../files/load-model";
import { saveModel } from "../files/save-model";
import type { CausalLM } from "../model/causal-lm";

/** A model's weights as a checkpoint part: a folder that `loadModel` and Hugging Face's loaders read. */
export const modelWeights = (model: CausalLM): CheckpointPart => ({
  save: (folder) => saveModel(folder, model),
  async restore(folder) {
    const file = await openFolder(folder);
    await loadWeights(model, file).finally(() => file.close());
  },
});
