/**
 * @file The types that llama.cpp's quantiser gives to the tensors of a mixed file: most have the one that the file is named for, those
 * that lose the most by it get more bits, and rows that are no whole blocks of a type get another.
 */
import type { MixtureModelConfig, ModelConfig, RotaryModelConfig } from "../config";
import { fitsBlocks, type StoredType } from "./encode-gguf";
import { architectureNameOf } from "./gguf-metadata";

/** Files of several types, by llama.cpp's names. */
export type MixedType = "Q4_K_M" | "Q6_K";

/** Blocks of 32 in place of those of 256. */
const shorter: Readonly<Partial<Record<StoredType, StoredType>>> = {
  Q4_K: "Q5_0",
  Q5_K: "Q5_1",
  Q6_K: "Q8_0",
};

/** The first and the last eighth of the layers, and every third between. */
function getsMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

/** Whether llama.cpp takes a model for one of 70 billion parameters, in which eight heads share their values. */
function isLarge(config: ModelConfig): boolean {
  const { numHiddenLayers, numAttentionHeads, numKeyValueHeads } = config as RotaryModelConfig;
  if (numHiddenLayers !== 80) return false;
  const name = architectureNameOf(config);
  return name === "qwen2" || (name === "llama" && numAttentionHeads !== numKeyValueHeads);
}

/** The type before rows are looked at. */
function wantedType(type: MixedType, config: ModelConfig, name: string): StoredType {
  const plain = type === "Q6_K" ? "Q6_K" : "Q4_K";
  const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1]);
  const hasEight = (config as Partial<MixtureModelConfig>).nRoutedExperts === 8;
  const better = getsMoreBits(layer, config.numHiddenLayers) ? "Q6_K" : plain;
  if (/attn_(v|qkv|kv_b)\.weight$/.test(name)) {
    if (hasEight) return "Q8_0";
    return better === "Q4_K" && isLarge(config) ? "Q5_K" : better;
  }
  if (/attn_k\.weight$/.test(name) && hasEight) return "Q8_0";
  if (/attn_output\.weight$/.test(name) && hasEight && plain === "Q4_K") return "Q5_K";
  return /ffn_down/.test(name) ? better : plain;
}

/**
 * The type of a matrix in a mixed file.
 *
 * @param name the tensor's name in the file
 * @param shape its rows are as long as the last size
 * @see llama.cpp, src/llama-quant.cpp: llama_tensor_get_type_impl, tensor_type_fallback
 */
export function mixedTypeOf(
  type: MixedType,
  config: ModelConfig,
  name: string,
  shape: readonly number[],
): StoredType {
  const isHead =
    name === "output.weight" || (name === "token_embd.weight" && config.tieWordEmbeddings);
  const wanted = isHead ? "Q6_K" : wantedType(type, config, name);
  if (fitsBlocks(shape, wanted)) return wanted;
  const other = shorter[wanted] ?? wanted;
  return fitsBlocks(shape, other) ? other : "F16";
}
