import { openCheckpoint, type Tensor, type TensorFile } from "@deepgrain/tensor-gpu";
import { type ModelConfig, parseConfig } from "../config";
import { LmError } from "../errors";
import { CausalLM } from "../model/causal-lm";
import { readJsonFile } from "../text-files";
import { weightViews } from "./weight-views";

export interface LoadOptions {
  signal?: AbortSignal | undefined;
  /** Called after each weight with the numbers done and in all. */
  onProgress?: (done: number, total: number) => void;
  /** Refuse files that hold weights the model does not know. Default true. */
  strict?: boolean;
}

/** Names in files that carry nothing a model needs. */
const derived = /rotary_emb\.inv_freq$|\.attn\.(masked_)?bias$/;

/** Old GPT-2 files have no `transformer.` in front; base models have no `model.`. */
function nameInFile(file: TensorFile, name: string): string | undefined {
  const short = name.replace(/^(transformer|model)\./, "");
  return [name, short].find((candidate) => file.has(candidate));
}

/** Where a file keeps weights, by their names in the model, and which of them it lacks. */
export function findWeights(
  file: TensorFile,
  wanted: Iterable<string>,
): { places: Map<string, string>; missing: string[] } {
  const places = new Map<string, string>();
  const missing: string[] = [];
  for (const name of wanted) {
    const found = nameInFile(file, name);
    if (found) places.set(name, found);
    else missing.push(name);
  }
  return { places, missing };
}

/** @throws {LmError} `ERR_MISSING` unless both lists are empty */
export function refuseNames(missing: readonly string[], unexpected: readonly string[] = []): void {
  if (missing.length + unexpected.length === 0) return;
  throw new LmError(
    "ERR_MISSING",
    `lm/loadModel: ${describe("missing", missing)}${describe("unexpected", unexpected)}`.trim(),
    { missing, unexpected },
  );
}

function unexpectedNames(
  config: ModelConfig,
  file: TensorFile,
  places: ReadonlyMap<string, string>,
): string[] {
  const used = new Set(places.values());
  return file.names.filter(
    (name) =>
      !used.has(name) &&
      !derived.test(name) &&
      !(config.tieWordEmbeddings && name === "lm_head.weight") &&
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

/** V3 files hold 8-bit weights with one factor for each block of 128 × 128. */
async function readWeight(
  file: TensorFile,
  name: string,
): Promise<{ shape: readonly number[]; data: Float32Array }> {
  const weight = await file.readFloat32(name);
  const factors = `${name}_scale_inv`;
  if (!file.has(factors)) return weight;
  const { shape, data: scale } = await file.readFloat32(factors);
  const [rows, columns] = weight.shape as [number, number];
  const across = shape[1]!;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      weight.data[r * columns + c]! *= scale[Math.floor(r / 128) * across + Math.floor(c / 128)]!;
  return weight;
}

/** Copies weights of an open file into views, one at a time. @throws {LmError} `ERR_SHAPE` */
export async function fillWeights(
  views: ReadonlyMap<string, Tensor>,
  file: TensorFile,
  places: ReadonlyMap<string, string>,
  { signal, onProgress }: Pick<LoadOptions, "signal" | "onProgress"> = {},
): Promise<void> {
  let done = 0;
  for (const [name, view] of views) {
    signal?.throwIfAborted();
    const { shape, data } = await readWeight(file, places.get(name)!);
    if (shape.length !== view.shape.length || shape.some((n, axis) => n !== view.shape[axis]))
      throw new LmError(
        "ERR_SHAPE",
        `lm/loadModel: ${name} must be [${view.shape.join(", ")}], the file has [${shape.join(", ")}]`,
        { name },
      );
    view.set(data);
    onProgress?.(++done, views.size);
  }
}

/** Copies the weights of an open checkpoint into a model. @throws {LmError} `ERR_MISSING`, `ERR_SHAPE` */
export async function loadWeights(
  model: CausalLM,
  file: TensorFile,
  { strict = true, ...options }: LoadOptions = {},
): Promise<void> {
  const views = weightViews(model);
  const { places, missing } = findWeights(file, views.keys());
  refuseNames(missing, strict ? unexpectedNames(model.config, file, places) : []);
  await fillWeights(views, file, places, options);
}

/**
 * The configuration of a Hugging Face folder.
 * @throws {LmError} `ERR_MISSING` without config.json, `ERR_CONFIG` for an unknown family
 */
export async function loadConfig(folder: string): Promise<ModelConfig> {
  const config = await readJsonFile(folder, "config.json");
  if (config) return parseConfig(config);
  throw new LmError("ERR_MISSING", `lm/loadModel: there is no config.json in ${folder}`, {
    folder,
  });
}

/**
 * The model of a Hugging Face folder: config.json and safetensors, whole or in shards, of any float type.
 *
 * @param folder a path (Node)
 * @throws {LmError} `ERR_CONFIG` for an unknown family, `ERR_MISSING` naming missing and unexpected weights, `ERR_SHAPE`
 */
export async function loadModel(folder: string, options: LoadOptions = {}): Promise<CausalLM> {
  const model = new CausalLM(await loadConfig(folder), { generator: null });
  const file = await openCheckpoint(folder);
  try {
    await loadWeights(model, file, options);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    await file.close();
  }
}
