import { takeTurn } from "@deepgrain/support";
import { saveTensors, type Tensor, type WriteSafetensorsOptions } from "@deepgrain/tensor-gpu";
import { toHuggingFace } from "../config";
import { folderOf, having, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { type Folder, jsonText } from "../text-files";

const NAMES: readonly (keyof WriteSafetensorsOptions)[] = [
  "dtype",
  "maxShardSizeBytes",
  "metadata",
  "signal",
];

/**
 * Writes config.json and model.safetensors with Hugging Face's names, one weight at a time. At a path each file has a
 * temporary name until it is complete; in a directory handle and a Map all files appear or none.
 *
 * @param folder path (Node), made if missing; directory handle; or Map
 * @param options.dtype stored type, default F32
 * @param options.maxShardSizeBytes larger models are split into shards with an index
 * @throws {TensorError} `ERR_IO` when writing fails, or for an address, saying what to give instead
 */
export async function saveModel(
  folder: Folder,
  model: CausalLM,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  const { dtype, maxShardSizeBytes, metadata, signal, ...rest } = optionsOf("saveModel", options);
  refuseUnknown("saveModel", rest, NAMES);
  folderOf("saveModel", "folder", folder);
  having("saveModel", "model", model, "config", "weightViews");
  const writing = { dtype, maxShardSizeBytes, metadata, signal };
  await writeWeights(folder, model.weightViews, toHuggingFace(model.config), writing);
}

/** Writes weights under their names to model.safetensors, one at a time, and their configuration to config.json. */
export async function writeWeights(
  folder: Folder,
  named: ReadonlyMap<string, Tensor>,
  config: object,
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
  const files = new Map([["config.json", jsonText(config)]]);
  await saveTensors(folder, "model.safetensors", weights, { ...options, files });
}
