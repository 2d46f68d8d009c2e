import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { type ByteSource, readExactly } from "./byte-source";
import type { NamedTensor, NamedTensors } from "./named-tensors";
import { openSource, type Source, type SourceOptions } from "./open-source";
import { rotaryPairsToHalves } from "./rotary-rows";

/** The header of a llama2.c checkpoint. Values not stored in it are fixed: RMSNorm epsilon 1e-5, rotary base 10000. */
export interface Llama2cConfig {
  /** Hidden width. */
  readonly dim: number;
  /** Width of the feed-forward layer. */
  readonly hiddenDim: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly vocabSize: number;
  /** Longest sequence, in tokens. */
  readonly sequenceLength: number;
  /** Whether the output layer is the embedding (then there is no `lm_head.weight`). */
  readonly hasSharedClassifier: boolean;
}

const HEADER_BYTES = 28;

/**
 * Reads a checkpoint of llama2.c ("version 0", without a magic number) under Hugging Face Llama names.
 * The file's query and key rows are ordered for a rotation of neighbouring pairs; they are reordered for Hugging Face
 * Llama, which rotates halves (see `rotaryPairsToHalves`). The rotary tables in the file are skipped.
 *
 * @param source path, address, `Blob`, bytes or reader of the .bin file
 * @param options.fetch function to fetch addresses with, default the global one
 * @returns header, and tensors such as `model.layers.0.self_attn.q_proj.weight` of shape [out, in]
 * @throws {TensorError} `ERR_FORMAT` when the header is invalid or does not match the file's size; `ERR_IO` when
 *   reading fails
 * @see llama2.c (Karpathy 2023), `export.py`, legacy export
 */
export async function readLlama2c(
  source: Source,
  options: SourceOptions = {},
): Promise<{ config: Llama2cConfig; tensors: NamedTensors }> {
  const { signal, fetch, ...rest } = optionsOf("readLlama2c", options);
  refuseUnknown("readLlama2c", rest);
  const bytes = await openSource(source, { fetch, signal });
  try {
    const config = await readConfig(bytes, signal);
    const tensors: NamedTensors = new Map();
    let at = HEADER_BYTES;
    for (const block of blocks(config)) {
      const end = at + 4 * product(block.shape);
      if (block.name !== undefined) {
        const data = floats(await readExactly(bytes, at, end, signal));
        tensors.set(block.name, namedTensor(block, data));
      }
      at = end;
    }
    return { config, tensors: inModelOrder(tensors, config) };
  } finally {
    await bytes.close?.();
  }
}

/** One piece of the file; a piece without a name is skipped. */
interface Block {
  readonly name?: string | undefined;
  readonly shape: readonly number[];
  /** Number of heads whose rows are reordered, in query and key projections. */
  readonly rotaryHeads?: number | undefined;
}

/** All pieces in the order of the file: each kind of tensor for all layers before the next kind. */
function blocks(config: Llama2cConfig): Block[] {
  const { dim, hiddenDim, layers, heads, vocabSize, sequenceLength } = config;
  const headSize = dim / heads;
  const keyRows = config.keyValueHeads * headSize;
  const perLayer = (name: string, shape: number[], rest: Partial<Block> = {}): Block[] =>
    Array.from({ length: layers }, (_, layer) => ({
      name: `model.layers.${layer}.${name}.weight`,
      shape,
      ...rest,
    }));
  return [
    { name: "model.embed_tokens.weight", shape: [vocabSize, dim] },
    ...perLayer("input_layernorm", [dim]),
    ...perLayer("self_attn.q_proj", [dim, dim], { rotaryHeads: heads }),
    ...perLayer("self_attn.k_proj", [keyRows, dim], { rotaryHeads: config.keyValueHeads }),
    ...perLayer("self_attn.v_proj", [keyRows, dim]),
    ...perLayer("self_attn.o_proj", [dim, dim]),
    ...perLayer("post_attention_layernorm", [dim]),
    ...perLayer("mlp.gate_proj", [hiddenDim, dim]),
    ...perLayer("mlp.down_proj", [dim, hiddenDim]),
    ...perLayer("mlp.up_proj", [hiddenDim, dim]),
    { name: "model.norm.weight", shape: [dim] },
    { shape: [2, sequenceLength, headSize / 2] }, // rotary cosines and sines
    ...(config.hasSharedClassifier ? [] : [{ name: "lm_head.weight", shape: [vocabSize, dim] }]),
  ];
}

function namedTensor({ shape, rotaryHeads }: Block, data: Float32Array): NamedTensor {
  if (rotaryHeads === undefined) return { shape, data };
  const headSize = shape[0]! / rotaryHeads;
  return { shape, data: rotaryPairsToHalves(data, { heads: rotaryHeads, headSize }) };
}

/** Embedding, then layer by layer, then final norm and head, as Hugging Face lists them. */
function inModelOrder(tensors: NamedTensors, { layers }: Llama2cConfig): NamedTensors {
  const place = (name: string) => {
    const layer = /^model\.layers\.(\d+)\./.exec(name)?.[1];
    if (layer !== undefined) return Number(layer);
    return name === "model.embed_tokens.weight" ? -1 : layers;
  };
  return new Map([...tensors].sort(([a], [b]) => place(a) - place(b)));
}

async function readConfig(source: ByteSource, signal?: AbortSignal): Promise<Llama2cConfig> {
  const file = source.name ?? "source";
  const fail = (problem: string): never => {
    throw new TensorError("ERR_FORMAT", `tensor-gpu/readLlama2c: ${file} ${problem}`, {
      fields: { file },
    });
  };
  if (source.size < HEADER_BYTES)
    fail(`must have a header of ${HEADER_BYTES} bytes, got ${source.size}`);
  const header = await readExactly(source, 0, HEADER_BYTES, signal);
  const view = new DataView(header.buffer, header.byteOffset);
  const at = (i: number) => view.getInt32(4 * i, true);
  if (at(0) === VERSIONED_MAGIC) fail("must be a version 0 checkpoint, got a later version");
  const config = {
    dim: at(0),
    hiddenDim: at(1),
    layers: at(2),
    heads: at(3),
    keyValueHeads: at(4),
    vocabSize: Math.abs(at(5)),
    sequenceLength: at(6),
    hasSharedClassifier: at(5) > 0,
  };
  if (!isPossible(config)) fail(`must have a possible header, got ${JSON.stringify(config)}`);
  const wanted = HEADER_BYTES + 4 * parameterCount(config);
  if (wanted !== source.size) fail(`must have ${wanted} bytes by its header, got ${source.size}`);
  return config;
}

const VERSIONED_MAGIC = 0x616b3432; // "ak42", the magic number of later llama2.c versions
const LARGEST_LAYERS = 10_000; // Prevents a random file from producing a long list of tensors.

function isPossible({ hasSharedClassifier: _, ...sizes }: Llama2cConfig): boolean {
  const { dim, heads, keyValueHeads, layers } = sizes;
  const arePositive = Object.values(sizes).every((size) => size > 0);
  const areHeadsWhole = dim % (2 * heads) === 0 && heads % keyValueHeads === 0;
  return arePositive && areHeadsWhole && layers <= LARGEST_LAYERS;
}

const product = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);
const parameterCount = (config: Llama2cConfig) =>
  blocks(config).reduce((total, { shape }) => total + product(shape), 0);

const floats = (bytes: Uint8Array) =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
