import { applyLora, type CausalLM, readLora } from "@deepgrain/lm";
import type { Folder } from "@deepgrain/tensor-gpu";
import { folderOf, having, optionsOf, refuseUnknown } from "../errors";
import { namesInFolder } from "../files/text-files";
import type { ExpertConfig } from "../selection/expert-config";
import { applyAdapter } from "./apply-adapter";

/**
 * Adds a trained adapter to a model, however it was trained: LoRA in PEFT's format if the folder holds
 * adapter_config.json, otherwise trained experts.
 *
 * @param folder path (Node), directory handle or Map
 * @returns names of the overwritten weights, and the trained experts; null for LoRA
 * @throws {EsftError | LmError} when it is malformed or of another base model; the model is left as it was
 */
export async function putAdapter(
  model: CausalLM,
  folder: Folder,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<{ names: readonly string[]; experts: ExpertConfig["experts"] | null }> {
  having("putAdapter", "model", model, "config");
  folderOf("putAdapter", "folder", folder);
  const { signal, ...rest } = optionsOf("putAdapter", options);
  refuseUnknown("putAdapter", rest);
  const files = await namesInFolder(folder).catch((): string[] => []); // applying it says why
  if (files.includes("adapter_config.json")) {
    const { names } = await applyLora(model, await readLora(folder, { signal }), { signal });
    return { names, experts: null };
  }
  const { config, weights } = await applyAdapter(model, folder, { signal });
  return { names: weights.names, experts: config.experts };
}
