import { rotarySize } from "./check-config";
import type { RotaryModelConfig } from "./model-config";

/** How a family's blocks differ from Llama's. */
export interface DecoderTraits {
  /** Biases of queries, keys and values, and of attention's output. */
  biases: { qkv: boolean; output: boolean };
  /** Queries and keys normalised per head, over the full width, or not. */
  qkNorm: "head" | "full" | null;
  /** Norms before each part, after it, or both. */
  norms: "before" | "behind" | "both";
  /** Whether norms multiply by 1 + weight. */
  hasOffsetNorms: boolean;
  /** Whether q, k, v and gate, up are one projection each. */
  isFused: boolean;
  /** Multiplies the embeddings. */
  embeddingFactor: number;
  /** Logits are cap · tanh(logit / cap); 0: no cap. */
  logitCap: number;
}

const llamaLike = ({ attentionBias: bias }: RotaryModelConfig): DecoderTraits => ({
  biases: { qkv: bias, output: bias },
  qkNorm: null,
  norms: "before",
  hasOffsetNorms: false,
  isFused: false,
  embeddingFactor: 1,
  logitCap: 0,
});

/** The traits of a configuration's family. */
export function decoderTraits(config: RotaryModelConfig): DecoderTraits {
  const plain = llamaLike(config);
  switch (config.modelType) {
    case "qwen2":
    case "qwen2_moe":
      return { ...plain, biases: { qkv: config.source.qkv_bias !== false, output: false } };
    case "qwen3":
    case "qwen3_moe":
      return { ...plain, qkNorm: "head" };
    case "mistral":
    case "mixtral":
      return { ...plain, biases: { qkv: false, output: false } };
    case "phi3":
      return { ...plain, isFused: true, biases: { qkv: false, output: false } };
    case "olmo2":
      return { ...plain, qkNorm: "full", norms: "behind" };
    case "gemma2":
    case "gemma3_text":
      return {
        ...plain,
        qkNorm: config.modelType === "gemma2" ? null : "head",
        norms: "both",
        hasOffsetNorms: true,
        embeddingFactor: Math.fround(Math.sqrt(config.hiddenSize)),
        logitCap: config.finalLogitSoftcapping ?? 0,
      };
    default:
      return plain;
  }
}

/** Whether a layer has the window. */
const isWindowed = (config: RotaryModelConfig, layer: number): boolean =>
  "layerTypes" in config ? config.layerTypes[layer] === "sliding_attention" : true;

/** How a layer's queries score keys: factor, window and cap, 0 for none; and whether it uses the local rotary base. */
export function layerTraits(config: RotaryModelConfig, layer: number) {
  const window = "slidingWindow" in config && isWindowed(config, layer) ? config.slidingWindow : 0;
  const scalar = "queryPreAttnScalar" in config ? config.queryPreAttnScalar : rotarySize(config);
  return {
    scale: scalar ** -0.5,
    window: window ?? 0,
    cap: ("attnLogitSoftcapping" in config && config.attnLogitSoftcapping) || 0,
    isLocal: config.modelType === "gemma3_text" && isWindowed(config, layer),
  };
}
