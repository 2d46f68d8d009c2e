import { openFolder, type WriteSafetensorsOptions } from "@deepgrain/tensor-gpu";
import type { CheckpointPart } from "@deepgrain/trainer";
import { folderOf, having, optionsOf, refuseUnknown } from "../errors";
import { writeWeights } from "../files/save-model";
import type { Folder } from "../text-files";
import type { EncoderModel } from "./encoder-model";
import { loadEncoderWeights } from "./load-encoder";
import { encoderConfigJson } from "./parse-encoder-config";

/**
 * Writes config.json and model.safetensors with Hugging Face's names; a tied head is not stored twice.
 *
 * @param folder path (Node), made if missing; directory handle; or Map
 * @param options.dtype stored type, default F32
 * @param options.maxShardSizeBytes larger models are split into shards with an index
 */
export async function saveEncoder(
  folder: Folder,
  model: EncoderModel,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  const { dtype, maxShardSizeBytes, metadata, signal, ...rest } = optionsOf("saveEncoder", options);
  refuseUnknown("saveEncoder", rest);
  folderOf("saveEncoder", "folder", folder);
  having("saveEncoder", "model", model, "config", "namedWeights");
  const writing = { dtype, maxShardSizeBytes, metadata, signal };
  await writeWeights(folder, model.namedWeights(), encoderConfigJson(model.config), writing);
}

/** An encoder's weights as a checkpoint part of `fit`: a folder that `loadEncoder` and Hugging Face's loaders read. */
export const encoderWeights = (model: EncoderModel): CheckpointPart => ({
  save: (folder) => saveEncoder(folder, model),
  async restore(folder) {
    const file = await openFolder(folder);
    await loadEncoderWeights(model, file).finally(() => file.close());
  },
});
