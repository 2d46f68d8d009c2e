import type { ModelShape } from "@deepgrain/moe";
import { having } from "../errors";
import type { LlamaConfig, ModelConfig } from "./model-config";
import { isMoeLayer } from "./parse-config";

function attentionShape(config: ModelConfig): ModelShape["attention"] {
  if ("kvLoraRank" in config)
    return {
      kind: "latent",
      heads: config.numAttentionHeads,
      queryRank: config.qLoraRank,
      keyValueRank: config.kvLoraRank,
      plainSize: config.qkNopeHeadDim,
      rotarySize: config.qkRopeHeadDim,
      valueSize: config.vHeadDim,
    };
  const { numAttentionHeads: heads, hiddenSize } = config;
  return {
    kind: "full",
    heads,
    keyValueHeads: "numKeyValueHeads" in config ? config.numKeyValueHeads : heads,
    headSize: (config as Partial<LlamaConfig>).headDim ?? hiddenSize / heads,
  };
}

function expertsShape(config: ModelConfig): ModelShape["experts"] {
  if (!("nRoutedExperts" in config) || config.nRoutedExperts === null) return null;
  const layers = [...Array(config.numHiddenLayers).keys()];
  const denseLayers = layers.filter((layer) => !isMoeLayer(config, layer)).length;
  if (denseLayers === layers.length) return null;
  return {
    routed: config.nRoutedExperts,
    topK: config.numExpertsPerTok!,
    shared: config.nSharedExperts ?? 0,
    size: config.moeIntermediateSize,
    denseLayers,
  };
}

/**
 * The sizes of a model as the counters of `@deepgrain/moe` expect them: `countParameters`, `countFlops`,
 * `estimateMemory`. Biases are left out. GPT-2's two matrices count as a gated network of two thirds of their width,
 * and its learned positions not at all.
 */
export function modelShape(config: ModelConfig): ModelShape {
  having("modelShape", "config", config, "modelType");
  const { intermediateSize } = config;
  return {
    layers: config.numHiddenLayers,
    hiddenSize: config.hiddenSize,
    vocabulary: config.vocabSize,
    attention: attentionShape(config),
    denseSize:
      config.modelType === "gpt2" ? Math.round((2 * intermediateSize) / 3) : intermediateSize,
    experts: expertsShape(config),
    isTied: config.tieWordEmbeddings,
  };
}
