import {
  defaultGenerator,
  type Generator,
  openFolder,
  type TensorFile,
} from "@deepgrain/tensor-gpu";
import type { JsonObject } from "../config";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import { fillWeights } from "../files/fill-weights";
import { comparePlan, type LoadOptions } from "../files/load-model";
import { type FolderOptions, missingFile, modelFolder } from "../files/model-folder";
import { ggufSource } from "../gguf/gguf-source";
import { type Folder, fileBudget, nameOfFolder, readJsonFile } from "../text-files";
import type { EncoderConfig, EncoderTask } from "./encoder-config";
import { EncoderModel } from "./encoder-model";
import { encoderPlan, isHeadWeight } from "./encoder-plan";
import { encoderFamily } from "./families";
import { encoderModelTypes, parseEncoderConfig } from "./parse-encoder-config";

/** A head that replaces the file's. */
export interface NewHead {
  task: EncoderTask;
  /** Names of the classes. Default: two of them, or one for regression. */
  labels?: readonly string[] | undefined;
  /** Draws its weights. Default: the engine's generator. */
  generator?: Generator | undefined;
}

/** Options of {@link loadEncoder}. */
export interface LoadEncoderOptions extends LoadOptions, FolderOptions {
  /**
   * Draws a new head for another task; the encoder's weights come from the file, and so does BERT's pooler if the file
   * has it.
   */
  newHead?: NewHead | undefined;
}

/** Names in files that an encoder with one head does not need. */
const unused =
  /position_ids$|^cls\.seq_relationship\.|^(bert\.|roberta\.)?pooler\.|^(cls\.predictions|lm_head)\.decoder\.|^vocab_projector\.weight$|^decoder\.weight$/;

/** Base models lack the family prefix; old files use gamma and beta; some store the bias under the decoder. */
function nameInFile(file: TensorFile, name: string): string | undefined {
  const older = name
    .replace(/LayerNorm\.weight$/, "LayerNorm.gamma")
    .replace(/LayerNorm\.bias$/, "LayerNorm.beta")
    .replace(/^(cls\.predictions|lm_head)\.bias$/, "$1.decoder.bias");
  const whole = [name, older];
  const short = whole.map((candidate) =>
    candidate.replace(/^(bert|roberta|distilbert|model)\./, ""),
  );
  return [...whole, ...short].find((candidate) => file.has(candidate));
}

async function readConfigJson(
  caller: string,
  folder: Folder,
  { fetch, budget }: Pick<FolderOptions, "fetch" | "budget"> = {},
): Promise<JsonObject> {
  const reading = { fetch, budget: fileBudget(caller, budget) };
  const json = await readJsonFile(folder, "config.json", reading);
  if (json) return json;
  throw await missingFile(caller, folder, "config.json");
}

/** True for a folder whose config.json names an encoder's family; a GGUF file holds none. @throws {LmError} `ERR_MISSING`, `ERR_IO`, `ERR_FORMAT` */
export async function isEncoderFolder(folder: Folder): Promise<boolean> {
  const place = await modelFolder(folder, ["config"], {});
  if ((await ggufSource(place, "config")) !== undefined) return false;
  const { model_type: type } = await readConfigJson("isEncoderFolder", place);
  return encoderModelTypes.some((known) => known === type);
}

function withHead(source: JsonObject, { task, labels }: NewHead): JsonObject {
  const table = encoderModelTypes.find((known) => known === source.model_type);
  if (!table) return source; // parsing reports what is wrong with it
  const json: Record<string, unknown> = { ...source };
  const { fields } = encoderFamily({ modelType: table });
  fields.task.write(json, task);
  const names = labels ?? (task === "regression" ? ["LABEL_0"] : ["LABEL_0", "LABEL_1"]);
  fields.labels.write(json, names);
  return json;
}

/** Where the file stores each weight that is loaded from it. @throws {LmError} `ERR_MISSING`, `ERR_SHAPE` */
function placesIn(
  file: TensorFile,
  config: EncoderConfig,
  { strict = true, newHead }: LoadEncoderOptions,
): Map<string, string> {
  function* plan() {
    for (const weight of encoderPlan(config)) {
      const [name] = weight;
      const isDrawn = newHead && isHeadWeight(name);
      const isPooler = name.startsWith("bert.pooler.");
      if (!isDrawn || (isPooler && nameInFile(file, name) !== undefined)) yield weight;
    }
  }
  const unexpected = (places: ReadonlyMap<string, string>) => {
    const used = new Set(places.values());
    const isHeadUnused = newHead !== undefined || config.task === "features";
    return file.names.filter(
      (name) => !used.has(name) && !unused.test(name) && !(isHeadUnused && isHeadWeight(name)),
    );
  };
  return comparePlan(file, plan(), strict ? unexpected : undefined, nameInFile);
}

/** Copies the weights of an open checkpoint into an encoder. @throws {LmError} `ERR_MISSING`, `ERR_SHAPE` */
export async function loadEncoderWeights(
  model: EncoderModel,
  file: TensorFile,
  options: LoadOptions = {},
): Promise<void> {
  await fillWeights(model.namedWeights(), file, placesIn(file, model.config, options), options);
}

/**
 * The encoder of a Hugging Face folder: config.json of a `bert`, `roberta`, `xlm-roberta`, `distilbert` or `modernbert`
 * model with a head for sequence classification or masked LM, or without one, and safetensors. Names and shapes are compared with the configuration before memory is taken for the model. What modules.json and 1_Pooling of
 * sentence-transformers say becomes `embedding`, the defaults of `embedTexts`.
 *
 * @param folder a path (Node), an http(s) address, a directory handle, a Map of Blobs by name or a repository of the Hugging
 *   Face hub, as for `loadModel`
 * @param options.newHead replaces the head, to fine-tune a pretrained encoder
 * @throws {LmError} `ERR_CONFIG` for another family or head, or for a module of sentence-transformers that is not supported;
 *   `ERR_MISSING` naming missing and unexpected weights, or the pooling file that modules.json names; `ERR_SHAPE`
 */
export async function loadEncoder(
  folder: Folder,
  options: LoadEncoderOptions = {},
): Promise<EncoderModel> {
  const { newHead, strict, fetch, hub, signal, budget, onProgress, ...rest } = optionsOf(
    "loadEncoder",
    options,
  );
  refuseUnknown("loadEncoder", rest);
  const place = await modelFolder(folder, ["model"], { fetch, hub, signal });
  const gguf = await ggufSource(place, "config");
  if (gguf !== undefined)
    throw new LmError(
      "ERR_CONFIG",
      `lm/loadEncoder: an encoder must be a Hugging Face folder, as no GGUF file of one is read, got ${nameOfFolder(place)}`,
      { fields: { folder: nameOfFolder(place) } },
    );
  const json = await readConfigJson("loadEncoder", place, { fetch, budget });
  const config = parseEncoderConfig(newHead ? withHead(json, newHead) : json, { budget });
  const reading = { fetch, budget: fileBudget("loadEncoder", budget) };
  const { readEmbeddingSettings } = await import("../files/embedding-settings");
  const embedding = await readEmbeddingSettings(place, reading);
  const file = await openFolder(place, { fetch, signal });
  try {
    const places = placesIn(file, config, { strict, newHead });
    const headGenerator = newHead ? (newHead.generator ?? defaultGenerator) : null;
    const model = new EncoderModel(config, { generator: null, headGenerator });
    model.embedding = embedding;
    try {
      const weights = [...model.namedWeights()].filter(([name]) => places.has(name));
      await fillWeights(new Map(weights), file, places, { signal, onProgress });
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  } finally {
    await file.close();
  }
}
