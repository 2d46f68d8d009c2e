import { openFolder, type TensorFile } from "@deepgrain/tensor-gpu";
import { type ModelConfig, parseConfig } from "../config";
import { optionsOf, refuseUnknown } from "../errors";
import { ggufSource } from "../gguf/gguf-source";
import { type Folder, fileBudget, readJsonFile } from "../text-files";
import { type FolderOptions, missingFile, modelFolder } from "./model-folder";

/** How the files of a place that has been found are read. */
type Reading = Pick<FolderOptions, "fetch" | "signal" | "budget">;

/** A model's files, open. */
interface OpenModel {
  config: ModelConfig;
  /** Its weights, under Hugging Face's names. */
  file: TensorFile;
  /** Whether they come from a GGUF file. */
  isGguf: boolean;
}

/** The configuration in a Hugging Face folder. @param caller for the error of a missing file */
async function configIn(
  caller: string,
  place: Folder,
  { fetch, budget }: Reading,
): Promise<ModelConfig> {
  const reading = { fetch, budget: fileBudget(caller, budget) };
  const config = await readJsonFile(place, "config.json", reading);
  if (config) return parseConfig(config, { budget });
  throw await missingFile(caller, place, "config.json");
}

/**
 * Opens the model of a place that has been found: Hugging Face's files, or a GGUF file as {@link ggufSource} finds it.
 *
 * @param caller for the error of a missing file
 * @throws {LmError} as `loadModel`
 */
export async function openModel(
  caller: string,
  place: Folder,
  { fetch, signal, budget }: Reading,
): Promise<OpenModel> {
  const gguf = await ggufSource(place, "model");
  if (gguf !== undefined) {
    const { openGgufModel } = await import("../gguf/load-gguf");
    return { ...(await openGgufModel(gguf, { fetch, signal, budget })), isGguf: true };
  }
  const config = await configIn(caller, place, { fetch, budget });
  return { config, file: await openFolder(place, { fetch, signal }), isGguf: false };
}

/**
 * The configuration of a model: of a Hugging Face folder, or from the head of a GGUF file.
 *
 * @param folder as for `loadModel`
 * @throws {LmError} `ERR_MISSING` without config.json, `ERR_CONFIG` for an unknown family
 */
export async function loadConfig(
  folder: Folder,
  options: FolderOptions = {},
): Promise<ModelConfig> {
  const { fetch, hub, signal, budget, ...rest } = optionsOf("loadConfig", options);
  refuseUnknown("loadConfig", rest);
  const place = await modelFolder(folder, ["config"], { fetch, hub, signal });
  const gguf = await ggufSource(place, "config");
  if (gguf === undefined) return configIn("loadConfig", place, { fetch, budget });
  const { readGgufConfig } = await import("../gguf/load-gguf");
  return readGgufConfig(gguf, { fetch, signal, budget });
}
