import { openFolder } from "@deepgrain/tensor-gpu";
import type { CheckpointPart } from "@deepgrain/trainer";
import { having } from "../errors";
import { loadWeights } from "../files/load-model";
import { saveModel } from "../files/save-model";
import type { CausalLM } from "../model/causal-lm";

/** A model's weights as a checkpoint part: a folder that `loadModel` and Hugging Face's loaders read. */
export function modelWeights(model: CausalLM): CheckpointPart {
  having("modelWeights", "model", model, "config", "weightViews");
  return {
    save: (folder) => saveModel(folder, model),
    async restore(folder) {
      const file = await openFolder(folder);
      await loadWeights(model, file).finally(() => file.close());
    },
  };
}
