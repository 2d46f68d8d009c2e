import { takeTurn } from "@deepgrain/support";
import { type Tensor, type WriteSafetensorsOptions, writeSafetensors } from "@deepgrain/tensor-gpu";
import { toHuggingFace } from "../config";
import { knownOptions } from "../known-options";
import type { CausalLM } from "../model/causal-lm";
import { writeJsonFile } from "../text-files";

/**
 * Writes config.json and model.safetensors with Hugging Face's names, one weight at a time, each file under a temporary
 * name until it is complete.
 *
 * @param folder made if missing (Node)
 * @param options.dtype stored type, default F32
 * @param options.maxShardSizeBytes larger models are split into shards with an index
 */
export async function saveModel(
  folder: string,
  model: CausalLM,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  knownOptions("saveModel", options, {
    maxShardSizeBytes: true,
    signal: true,
    dtype: true,
    metadata: true,
  });
  await writeJsonFile(folder, "config.json", toHuggingFace(model.config));
  await writeWeights(folder, model.weightViews, options);
}

/** Writes weights under their names to model.safetensors, one at a time. */
export async function writeWeights(
  folder: string,
  named: ReadonlyMap<string, Tensor>,
  options: WriteSafetensorsOptions,
): Promise<void> {
  const weights = [...named].map(([name, view]) => ({
    name,
    shape: view.shape,
    data: async () => {
      await takeTurn();
      options.signal?.throwIfAborted();
      return (await view.data()) as Float32Array;
    },
  }));
  await writeSafetensors(`${folder}/model.safetensors`, weights, options);
}
