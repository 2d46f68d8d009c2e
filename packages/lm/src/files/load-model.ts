import { openCheckpoint, type Tensor, type TensorFile } from "@deepgrain/tensor-gpu";
import { type ModelConfig, parseConfig } from "../config";
import { LmError } from "../errors";
import { CausalLM } from "../model/causal-lm";
import { readJsonFile } from "../text-files";
import { type PlannedWeight, weightPlan } from "./weight-plan";

/** Options of `loadModel` and `loadWeights`. */
export interface LoadOptions {
  /** Aborts the loading; the signal's reason is thrown. */
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

const isSameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

const shapeError = (name: string, wanted: readonly number[], shape: readonly number[]) =>
  new LmError(
    "ERR_SHAPE",
    `lm/loadModel: ${name} must be [${wanted.join(", ")}], the file has [${shape.join(", ")}]`,
    { fields: { name } },
  );

/** Side of the blocks that share one factor in 8-bit files. */
const scaleBlock = 128;

/** The factors of an 8-bit weight, by name; undefined where it has none. @throws {LmError} `ERR_SHAPE` */
function scaleName(file: TensorFile, name: string): string | undefined {
  const factors = `${name}_scale_inv`;
  if (!file.has(factors)) return undefined;
  const wanted = file.info(name).shape.map((size) => Math.ceil(size / scaleBlock));
  const { shape } = file.info(factors);
  if (wanted.length !== 2 || !isSameShape(shape, wanted)) throw shapeError(factors, wanted, shape);
  return factors;
}

const mostNamed = 10_000; // missing weights: a configuration may ask for any number

/**
 * Compares a plan with the header of a file, before anything is allocated for it.
 * @param find the name under which a file keeps a weight, if it does
 * @returns where the file keeps each weight
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
  const factors = scaleName(file, name);
  const weight = await file.readFloat32(name);
  if (factors === undefined) return weight;
  const { shape, data: scale } = await file.readFloat32(factors);
  const [rows, columns] = weight.shape as [number, number];
  const across = shape[1]!;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      weight.data[r * columns + c]! *=
        scale[Math.floor(r / scaleBlock) * across + Math.floor(c / scaleBlock)]!;
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
    if (!isSameShape(shape, view.shape)) throw shapeError(name, view.shape, shape);
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
  const { config } = model;
  const places = comparePlan(file, weightPlan(config), (found) =>
    strict ? unexpectedNames(config, file, found) : [],
  );
  await fillWeights(model.weightViews, file, places, options);
}

/**
 * The configuration of a Hugging Face folder.
 * @throws {LmError} `ERR_MISSING` without config.json, `ERR_CONFIG` for an unknown family
 */
export async function loadConfig(folder: string): Promise<ModelConfig> {
  const config = await readJsonFile(folder, "config.json");
  if (config) return parseConfig(config);
  throw new LmError("ERR_MISSING", `lm/loadModel: there is no config.json in ${folder}`, {
    fields: { folder },
  });
}

/**
 * The model of a Hugging Face folder: config.json and safetensors, whole or in shards, of any float type. Names and shapes
 * are compared with the configuration before memory is taken for the model.
 *
 * @param folder a path (Node)
 * @throws {LmError} `ERR_CONFIG` for an unknown family, `ERR_MISSING` naming missing and unexpected weights, `ERR_SHAPE`
 */
export async function loadModel(folder: string, options: LoadOptions = {}): Promise<CausalLM> {
  const { strict = true, signal } = options;
  const config = await loadConfig(folder);
  const file = await openCheckpoint(folder, { signal });
  try {
    const places = comparePlan(file, weightPlan(config), (found) =>
      strict ? unexpectedNames(config, file, found) : [],
    );
    const model = new CausalLM(config, { generator: null });
    try {
      await fillWeights(model.weightViews, file, places, options);
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  } finally {
    await file.close();
  }
}
