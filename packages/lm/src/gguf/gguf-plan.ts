import type { GgufFile, GgufValue } from "@deepgrain/tensor-gpu";
import { type ModelConfig, type RotaryModelConfig, ropeFrequencies } from "../config";
import { having, LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer/create-tokenizer";
import { filesOf, type TokenizerFiles } from "../tokenizer/tokenizer-files";
import {
  fitsBlocks,
  type GgufEntry,
  type GgufType,
  type TypedValue,
  text,
  uint32,
} from "./encode-gguf";
import { ggufConfig } from "./gguf-config";
import { architectureNameOf, ggufMetadata } from "./gguf-metadata";
import { ggufPlace, pairedRow } from "./gguf-names";
import { longRopeTensors } from "./gguf-scaling";
import { tokenizerValues } from "./gguf-tokenizer-values";
import { firstDifference } from "./same-model";

/** llama.cpp's numbers of the types of files. */
export const fileTypes: Readonly<Record<GgufType, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

/** A tensor of the file and how its numbers come from the model. */
export interface PlannedTensor extends GgufEntry {
  read(): Promise<Float32Array>;
}

/** Vectors and routers stay in float32, as llama.cpp expects; so do rows that are not whole blocks in float16. */
function typeOf(name: string, shape: readonly number[], type: GgufType): GgufType {
  if (shape.length < 2 || name.includes("ffn_gate_inp")) return "F32";
  return fitsBlocks(shape, type) ? type : "F16";
}

/** The matrix with the rows of Hugging Face's order where llama.cpp reads them. */
function pairRows(data: Float32Array, rows: number, size: number): Float32Array {
  const out = new Float32Array(data.length);
  const width = data.length / rows;
  const target = pairedRow(size);
  for (let row = 0; row < rows; row++)
    out.set(data.subarray(row * width, (row + 1) * width), target(row) * width);
  return out;
}

/** The gates and the ups of stacked experts, which files keep apart. */
function halfTensors(
  model: CausalLM,
  weight: string,
  names: readonly string[],
  type: GgufType,
): PlannedTensor[] {
  const [experts = 0, rows = 0, width = 0] = model.weightViews.get(weight)!.shape;
  const shape = [experts, rows / 2, width];
  const size = (rows / 2) * width;
  return names.map((name, half) => ({
    name,
    shape,
    type: typeOf(name, shape, type),
    async read() {
      const { data } = await model.readWeight(weight);
      const out = new Float32Array(experts * size);
      for (let e = 0; e < experts; e++) {
        const begin = (2 * e + half) * size;
        out.set(data.subarray(begin, begin + size), e * size);
      }
      return out;
    },
  }));
}

/** The tensors of a model's weights; experts are stacked. */
function weightTensors(model: CausalLM, type: GgufType): PlannedTensor[] {
  const architecture = architectureNameOf(model.config);
  const planned = new Map<string, PlannedTensor & { readonly parts: string[] }>();
  for (const weight of model.weightNames()) {
    const place = ggufPlace(architecture, model.config as RotaryModelConfig, weight);
    const { shape } = model.weightViews.get(weight)!;
    if (place.halves) {
      for (const half of halfTensors(model, weight, place.halves, type))
        planned.set(half.name, { ...half, parts: [] });
      continue;
    }
    if (place.expert !== undefined) {
      const parts = planned.get(place.name)?.parts ?? [];
      parts[place.expert] = weight;
      const stacked = [parts.length, ...shape];
      const read = async () => {
        const size = shape.reduce((a, b) => a * b, 1);
        const out = new Float32Array(parts.length * size);
        for (const [e, part] of parts.entries())
          out.set((await model.readWeight(part)).data, e * size);
        return out;
      };
      const stackedType = typeOf(place.name, stacked, type);
      planned.set(place.name, { name: place.name, shape: stacked, type: stackedType, read, parts });
      continue;
    }
    const flat = place.name.includes("ffn_gate_inp_shexp") ? shape.slice(1) : shape;
    const read = async () => {
      const { data } = await model.readWeight(weight);
      if (place.paired !== undefined) return pairRows(data, shape[0]!, place.paired);
      return place.plus === undefined ? data : data.map((x) => x + place.plus!);
    };
    const own = typeOf(place.name, flat, type);
    planned.set(place.name, { name: place.name, shape: flat, type: own, read, parts: [] });
  }
  return [...planned.values()];
}

/** Factors of rotary frequencies, which files hold as tensors. */
function factorTensors(config: RotaryModelConfig): PlannedTensor[] {
  const { ropeScaling: scaling } = config;
  const vector = (name: string, data: ArrayLike<number>): PlannedTensor => ({
    name,
    shape: [data.length],
    type: "F32",
    read: async () => Float32Array.from(data),
  });
  if (scaling?.type === "longrope")
    return [
      vector(longRopeTensors[0], scaling.shortFactor),
      vector(longRopeTensors[1], scaling.longFactor),
    ];
  if (scaling?.type !== "llama3") return [];
  const plain = ropeFrequencies({ ...config, ropeScaling: null });
  const scaled = ropeFrequencies(config).inverseFrequencies;
  return [
    vector(
      "rope_freqs.weight",
      plain.inverseFrequencies.map((x, i) => x / scaled[i]!),
    ),
  ];
}

/** @throws {LmError} `ERR_CONFIG` naming what a reader of the file would not know of the model */
async function assertReadable(
  config: ModelConfig,
  values: ReadonlyMap<string, TypedValue>,
  tensors: readonly PlannedTensor[],
): Promise<void> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const float = (typed: TypedValue) =>
    typed.type === "float32" ? Math.fround(typed.value) : typed.value;
  const file: Pick<GgufFile, "values" | "has" | "info" | "readFloat32"> = {
    values: new Map([...values].map(([key, typed]) => [key, float(typed) as GgufValue])),
    has: (name) => byName.has(name),
    info: (name) => ({ shape: byName.get(name)!.shape, dtype: "F32", begin: 0, end: 0 }),
    readFloat32: async (name) => ({
      shape: byName.get(name)!.shape,
      data: await byName.get(name)!.read(),
    }),
  };
  const difference = firstDifference(config, await ggufConfig(file));
  if (difference === undefined) return;
  throw new LmError(
    "ERR_CONFIG",
    `lm/saveGguf: llama.cpp's files of this family cannot say that ${difference}`,
    { fields: { difference } },
  );
}

/** The content of a file: its head and its tensors. */
export interface GgufPlan {
  readonly values: ReadonlyMap<string, TypedValue>;
  readonly tensors: readonly PlannedTensor[];
}

/**
 * The content of a model's file, which llama.cpp reads as the same model.
 * @throws {LmError} `ERR_ARGUMENT` for what is no model or no tokenizer; `ERR_CONFIG` as `saveGguf`
 */
export async function planGguf(
  model: CausalLM,
  tokenizer: Tokenizer | TokenizerFiles | null,
  { type, name }: { type: GgufType; name: string | undefined },
): Promise<GgufPlan> {
  having("saveGguf", "model", model, "config", "forward");
  const files = tokenizer === null ? null : filesOf("saveGguf", tokenizer);
  const { config } = model;
  const values = new Map<string, TypedValue>([
    ...ggufMetadata(config),
    ["general.name", text(name ?? config.modelType)],
    ["general.file_type", uint32(fileTypes[type])],
    ["general.quantization_version", uint32(2)],
    ...(files === null ? [] : tokenizerValues(files, config.vocabSize)),
  ]);
  const factors = factorTensors(config as RotaryModelConfig);
  const tensors = [...factors, ...weightTensors(model, type)];
  await assertReadable(config, values, tensors);
  return { values, tensors };
}
