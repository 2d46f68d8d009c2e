import { CompactTensor, type GgufFile, type GgufValue, type Tensor } from "@deepgrain/tensor-gpu";
import { type ModelConfig, type RotaryModelConfig, ropeFrequencies } from "../config";
import { having, LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer/create-tokenizer";
import { filesOf, type TokenizerFiles } from "../tokenizer/tokenizer-files";
import {
  fitsBlocks,
  type GgufEntry,
  type GgufType,
  type StoredType,
  storedTypes,
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

/** llama.cpp's numbers of the types of files; of K types those of files whose most matrices have the type. */
export const fileTypes: Readonly<Record<StoredType, number>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q8_0: 7,
  Q5_0: 8,
  Q5_1: 9,
  Q2_K: 10,
  Q3_K: 12,
  Q4_K: 15,
  Q5_K: 17,
  Q6_K: 18,
  IQ4_NL: 25,
  IQ4_XS: 30,
  BF16: 32,
};

/** The types that `saveGguf` converts matrices to, and "auto" for that in which each is held. */
export type WrittenType = GgufType | "auto";

/** A tensor of the file and how its numbers come from the model. */
export interface PlannedTensor extends GgufEntry {
  read(): Promise<Float32Array>;
  /** Its bytes, where the model holds them as the file will. */
  readonly bytes?: (() => Uint8Array | Promise<Uint8Array>) | undefined;
}

/** The type of a file in which a matrix is held in memory, if its rows are whole blocks of it. */
function keptType({ dtype, shape }: Tensor): StoredType | undefined {
  const type = Object.hasOwn(storedTypes, dtype)
    ? storedTypes[dtype as keyof typeof storedTypes]
    : undefined;
  return type && fitsBlocks(shape, type) ? type : undefined;
}

/** Vectors and routers stay in float32, as llama.cpp expects; so do rows that are not whole blocks in float16. */
function typeOf(
  name: string,
  view: Tensor,
  shape: readonly number[],
  type: WrittenType,
): StoredType {
  if (shape.length < 2 || name.includes("ffn_gate_inp")) return "F32";
  const wanted = type === "auto" ? (keptType(view) ?? "F32") : type;
  return fitsBlocks(shape, wanted) ? wanted : "F16";
}

/** The rows of a matrix of Hugging Face's order where llama.cpp reads them. */
function pairRows<Numbers extends Float32Array | Uint8Array>(
  data: Numbers,
  rows: number,
  size: number,
): Numbers {
  const out = new (data.constructor as new (length: number) => Numbers)(data.length);
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
  type: WrittenType,
): PlannedTensor[] {
  const view = model.weightViews.get(weight)!;
  const [experts = 0, rows = 0, width = 0] = view.shape;
  const shape = [experts, rows / 2, width];
  const size = (rows / 2) * width;
  return names.map((name, half) => ({
    name,
    shape,
    type: typeOf(name, view, shape, type),
    async read() {
      const { data } = await model.readWeight(weight);
      const out = new Float32Array(experts * size);
      for (let e = 0; e < experts; e++) {
        const begin = (2 * e + half) * size;
        out.set(data.subarray(begin, begin + size), e * size);
      }
      return out;
    },
    bytes: undefined,
  }));
}

/** A tensor's blocks, where they are of the file's type. */
function blocksOf(view: Tensor, type: StoredType): (() => Uint8Array) | undefined {
  const areBlocks = type.startsWith("Q") && keptType(view) === type;
  if (!areBlocks || !(view instanceof CompactTensor)) return undefined;
  return () => view.bytes()!.slice();
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The tensor that stacks the matrices of experts. @param parts names of the weights */
function stackedTensor(
  model: CausalLM,
  name: string,
  parts: readonly string[],
  type: WrittenType,
): PlannedTensor {
  const views = parts.map((part) => model.weightViews.get(part)!);
  const shape = [parts.length, ...views[0]!.shape];
  const own = typeOf(name, views[0]!, shape, type);
  const blocks = views.map((view) => blocksOf(view, own));
  const isKept = blocks.every((part) => part !== undefined);
  return {
    name,
    shape,
    type: own,
    bytes: isKept ? () => joined(blocks.map((part) => part())) : undefined,
    async read() {
      const size = views[0]!.size;
      const out = new Float32Array(parts.length * size);
      for (const [e, part] of parts.entries())
        out.set((await model.readWeight(part)).data, e * size);
      return out;
    },
  };
}

/** The tensors of a model's weights; experts are stacked. */
function weightTensors(model: CausalLM, type: WrittenType): PlannedTensor[] {
  const architecture = architectureNameOf(model.config);
  const planned = new Map<string, PlannedTensor>();
  const stacks = new Map<string, string[]>();
  for (const weight of model.weightNames()) {
    const place = ggufPlace(architecture, model.config as RotaryModelConfig, weight);
    const { name, expert, halves, paired, plus } = place;
    const view = model.weightViews.get(weight)!;
    const { shape } = view;
    if (halves) {
      for (const half of halfTensors(model, weight, halves, type)) planned.set(half.name, half);
      continue;
    }
    if (expert !== undefined) {
      const parts = stacks.get(name) ?? [];
      parts[expert] = weight;
      stacks.set(name, parts);
      planned.set(name, stackedTensor(model, name, parts, type));
      continue;
    }
    const flat = name.includes("ffn_gate_inp_shexp") ? shape.slice(1) : shape;
    const own = typeOf(name, view, flat, type);
    const blocks = blocksOf(view, own);
    const inOrder = <Numbers extends Float32Array | Uint8Array>(data: Numbers): Numbers =>
      paired === undefined ? data : pairRows(data, shape[0]!, paired);
    const read = async () => {
      const { data } = await model.readWeight(weight);
      return plus === undefined ? inOrder(data) : data.map((x) => x + plus);
    };
    const bytes = blocks && (() => inOrder(blocks()));
    planned.set(name, { name, shape: flat, type: own, read, bytes });
  }
  return [...planned.values()];
}

/** The number of a file's type: that of most of its matrices where each keeps its own. */
function fileTypeOf(type: WrittenType, tensors: readonly PlannedTensor[]): number {
  if (type !== "auto") return fileTypes[type];
  const counts = new Map<StoredType, number>();
  for (const { shape, type: own } of tensors)
    if (shape.length > 1) counts.set(own, (counts.get(own) ?? 0) + 1);
  const [[most] = ["F32" as const]] = [...counts].sort(([, a], [, b]) => b - a);
  return fileTypes[most];
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
  { type, name }: { type: WrittenType; name: string | undefined },
): Promise<GgufPlan> {
  having("saveGguf", "model", model, "config", "forward");
  const files = tokenizer === null ? null : filesOf("saveGguf", tokenizer);
  const { config } = model;
  const factors = factorTensors(config as RotaryModelConfig);
  const tensors = [...factors, ...weightTensors(model, type)];
  const values = new Map<string, TypedValue>([
    ...ggufMetadata(config),
    ["general.name", text(name ?? config.modelType)],
    ["general.file_type", uint32(fileTypeOf(type, tensors))],
    ["general.quantization_version", uint32(2)],
    ...(files === null ? [] : tokenizerValues(files, config.vocabSize)),
  ]);
  await assertReadable(config, values, tensors);
  return { values, tensors };
}
