import { type OpenGgufOptions, openGguf, type TensorFile } from "@deepgrain/tensor-gpu";
import type { ModelConfig } from "../config";
import { ggufConfig } from "./gguf-config";
import type { GgufSource } from "./gguf-source";
import { asHuggingFace } from "./gguf-weights";

/**
 * Opens a GGUF file as a model's configuration and its weights under Hugging Face's names.
 * @throws {LmError} `ERR_CONFIG` for another architecture, `ERR_FORMAT` for its keys, `ERR_MISSING` naming tensors
 * @throws {TensorError} `ERR_FORMAT` for a damaged file, `ERR_DTYPE` naming a tensor in another quantisation, `ERR_LIMIT`, `ERR_IO`
 */
export async function openGgufModel(
  source: GgufSource,
  options: OpenGgufOptions = {},
): Promise<{ config: ModelConfig; file: TensorFile }> {
  const file = await openGguf(source, options);
  try {
    const config = await ggufConfig(file);
    return { config, file: asHuggingFace(file, config) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The configuration in a GGUF file's head. @throws {LmError} `ERR_CONFIG`, `ERR_FORMAT` @throws {TensorError} as `openGguf` */
export async function readGgufConfig(
  source: GgufSource,
  options: OpenGgufOptions = {},
): Promise<ModelConfig> {
  const file = await openGguf(source, options);
  try {
    return await ggufConfig(file);
  } finally {
    await file.close();
  }
}
