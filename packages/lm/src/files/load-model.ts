import { isAddress } from "@deepgrain/support/files";
import { nn, type TensorFile, unplacedWeight } from "@deepgrain/tensor-gpu";
import { type ModelConfig, wrappers } from "../config";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import { CausalLM } from "../model/causal-lm";
import { type Folder, fileBudget } from "../text-files";
import type { EmbeddingSettings } from "./embedding-settings";
import { type FillOptions, fillWeights, scaleName, shapeError } from "./fill-weights";
import { heldTypes, placeTypes } from "./held-types";
import { assertFits, type HeldType, type WeightType, weightTypes } from "./model-bytes";
import { type FolderOptions, modelFolder } from "./model-folder";
import { openModel } from "./open-model";
import { type PlannedWeight, weightPlan } from "./weight-plan";

/** Options of `loadModel` and `loadWeights`. */
export interface LoadOptions extends FillOptions {
  /** Throws if the files contain weights that the model does not have. Default true. */
  strict?: boolean | undefined;
}

/** Options of `loadModel`. */
export interface LoadModelOptions extends LoadOptions, FolderOptions {
  /**
   * How matrices are stored in memory. `"bfloat16"`, `"int8"` and `"q4_0"` (blocks of 32 with a scale each) take one half,
   * about one quarter and about one seventh of the memory, are read faster per token, and are for inference only; routers
   * and norms stay float32. `"auto"` keeps each matrix as the file has it: bfloat16, float16, or a GGUF file's blocks of
   * Q8_0, Q6_K, Q5_K, Q5_0, Q4_K or Q4_0, all of which are for inference only; its other blocks (Q5_1, Q4_1, IQ4_XS, IQ4_NL,
   * Q3_K, Q2_K) become int8, float types are float32. Default `"float32"`.
   */
  dtype?: WeightType | "auto" | undefined;
}

const NAMES: readonly (keyof LoadModelOptions)[] = [
  "fetch",
  "hub",
  "dtype",
  "strict",
  "signal",
  "budget",
  "onProgress",
];

/** Names in files that the model does not need. */
const derived = /rotary_emb\.inv_freq$|\.attn\.(masked_)?bias$/;

/** Prefixes of the text model in files of models of text and images. */
const wrapperPrefixes = ["language_model.", "model.language_model."];

/** Old GPT-2 files lack the `transformer.` prefix; base models lack `model.`. */
function nameInFile(file: TensorFile, name: string): string | undefined {
  const short = name.replace(/^(transformer|model)\./, "");
  const wrapped = wrapperPrefixes.flatMap((prefix) => [prefix + name, prefix + short]);
  return [name, short, ...wrapped].find((candidate) => file.has(candidate));
}

/** The weights of other parts than the text model, in files of models of text and images. */
function otherParts(config: ModelConfig, file: TensorFile): string[] {
  const isText = (name: string) => wrapperPrefixes.some((prefix) => name.startsWith(prefix));
  const isWrapped = Object.values(wrappers).includes(config.modelType) && file.names.some(isText);
  return isWrapped ? file.names.filter((name) => !isText(name) && name !== "lm_head.weight") : [];
}

const isSameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

const mostNamed = 10_000; // missing weights: a configuration may ask for any number

/**
 * Compares a plan with the header of a file, before anything is allocated for it.
 * @param find the name under which a file stores a weight, if it does
 * @returns where the file stores each weight
 * @throws {LmError} `ERR_MISSING`, `ERR_SHAPE`
 */
export function comparePlan(
  file: TensorFile,
  plan: Iterable<PlannedWeight>,
  unexpected: (places: ReadonlyMap<string, string>) => string[] = () => [],
  find: (file: TensorFile, name: string) => string | undefined = nameInFile,
): Map<string, string> {
  const places = new Map<string, string>();
  const missing: string[] = [];
  let wrong: LmError | undefined;
  for (const [name, wanted] of plan) {
    const place = find(file, name);
    if (place === undefined) {
      if (missing.push(name) >= mostNamed) break;
      continue;
    }
    places.set(name, place);
    const { shape } = file.info(place);
    if (!isSameShape(shape, wanted)) wrong ??= shapeError(name, wanted, shape);
  }
  refuseNames(missing, missing.length < mostNamed ? unexpected(places) : []);
  if (wrong) throw wrong;
  for (const place of places.values()) scaleName(file, place);
  return places;
}

/** @throws {LmError} `ERR_MISSING` unless both lists are empty */
function refuseNames(missing: readonly string[], unexpected: readonly string[] = []): void {
  if (missing.length + unexpected.length === 0) return;
  throw new LmError(
    "ERR_MISSING",
    `lm/loadModel: ${describe("missing", missing)}${describe("unexpected", unexpected)}`.trim(),
    { fields: { missing, unexpected } },
  );
}

function unexpectedNames(
  config: ModelConfig,
  file: TensorFile,
  places: ReadonlyMap<string, string>,
): string[] {
  const used = new Set([...places.values(), ...otherParts(config, file)]);
  return file.names.filter(
    (name) =>
      !used.has(name) &&
      !derived.test(name) &&
      !(config.tieWordEmbeddings && /(^|\.)lm_head\.weight$/.test(name)) &&
      !isExtraLayer(config, name),
  );
}

const describe = (kind: string, names: readonly string[]): string =>
  names.length === 0
    ? ""
    : `${names.length} ${kind} weights (${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}). `;

/** DeepSeek-V3 stores the layers of multi-token prediction behind the last decoder layer. */
function isExtraLayer(config: ModelConfig, name: string): boolean {
  const layer = /^model\.layers\.(\d+)\./.exec(name)?.[1];
  return config.modelType === "deepseek_v3" && Number(layer) >= config.numHiddenLayers;
}

/** Copies the weights of an open checkpoint into a model. @throws {LmError} `ERR_MISSING`, `ERR_SHAPE` */
export async function loadWeights(
  model: CausalLM,
  file: TensorFile,
  given: LoadOptions = {},
): Promise<void> {
  const { strict = true, signal, onProgress, ...rest } = optionsOf("loadWeights", given);
  refuseUnknown("loadWeights", rest);
  const { config } = model;
  const places = comparePlan(file, weightPlan(config), (found) =>
    strict ? unexpectedNames(config, file, found) : [],
  );
  await fillWeights(model.weightViews, file, places, { signal, onProgress });
}

/** @throws {LmError} `ERR_RANGE` for an unknown type */
function assertType(dtype: WeightType | "auto"): void {
  if (dtype === "auto" || weightTypes.includes(dtype)) return;
  throw new LmError(
    "ERR_RANGE",
    `lm/loadModel: dtype must be auto, ${weightTypes.join(", ")}, got ${dtype}`,
    { fields: { dtype } },
  );
}

/** A model whose weights have memory, of the types that they are held as, and no contents. */
function blankModel(
  config: ModelConfig,
  held: WeightType | ReadonlyMap<string, HeldType>,
): CausalLM {
  assertFits(config, held);
  const build = () => new CausalLM(config, { generator: null });
  if (typeof held === "string") return nn.withBlankWeights(held, build);
  const model = nn.withBlankWeights(unplacedWeight, build);
  try {
    placeTypes(model, held);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The model of an open file, whose names and shapes are compared with the configuration before memory is taken. */
async function modelFrom(
  config: ModelConfig,
  file: TensorFile,
  { strict = true, dtype = "float32", ...options }: LoadModelOptions = {},
): Promise<CausalLM> {
  const places = comparePlan(file, weightPlan(config), (found) =>
    strict ? unexpectedNames(config, file, found) : [],
  );
  assertType(dtype);
  const model = blankModel(config, dtype === "auto" ? heldTypes(config, file, places) : dtype);
  try {
    await fillWeights(model.weightViews, file, places, options);
    model.leftOut = otherParts(config, file);
    const isWide = [...model.namedTensors()].every(([, weight]) => weight.dtype === "float32");
    if (!isWide) model.requireGrad(false);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The embedding settings beside a decoder; not asked of an address, where each file that is absent is an error of the page. */
async function embeddingIn(
  place: Folder,
  { fetch, budget }: Pick<FolderOptions, "fetch" | "budget">,
): Promise<EmbeddingSettings | null> {
  if (isAddress(place)) return null;
  const { readEmbeddingSettings } = await import("./embedding-settings");
  return readEmbeddingSettings(place, { fetch, budget: fileBudget("loadModel", budget) });
}

/**
 * The model of a Hugging Face folder: config.json and safetensors, whole or in shards, of any float type; or of a GGUF file,
 * whole or in parts, alone in a folder too; beside safetensors it is not read. Of a model of text and images the text model is loaded; `leftOut` names the rest. Names and shapes are compared with the configuration, and sizes with the memory, before any is taken for the model.
 *
 * @param folder a path (Node), an http(s) address, a directory handle, a Map of Blobs by name, or a repository of the Hugging
 *   Face hub: `"hf:owner/name"`, `"hf:owner/name@revision"`, `"hf:owner/name/file.gguf"`, `"hf:owner/name:Q4_K_M"` for
 *   its one GGUF file of a type, or the address of its page
 * @throws {LmError} `ERR_CONFIG` for an unknown family, `ERR_MISSING` naming missing and unexpected weights, `ERR_SHAPE`,
 *   `ERR_MEMORY` with the sizes at each type where the weights do not fit; as `hubFolder`
 */
export async function loadModel(folder: Folder, options: LoadModelOptions = {}): Promise<CausalLM> {
  const { fetch, hub, dtype, strict, signal, budget, onProgress, ...rest } = optionsOf(
    "loadModel",
    options,
  );
  refuseUnknown("loadModel", rest, NAMES);
  const source = { signal, fetch };
  const place = await modelFolder(folder, ["model"], { ...source, hub });
  const { config, file, isGguf } = await openModel("loadModel", place, { ...source, budget });
  try {
    const embedding = isGguf ? null : await embeddingIn(place, { fetch, budget });
    const model = await modelFrom(config, file, { dtype, strict, signal, onProgress });
    model.embedding = embedding;
    return model;
  } finally {
    await file.close();
  }
}
