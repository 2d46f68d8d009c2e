import type { DenseConfig } from "../base-config";
import { decoderFields } from "../decoder-fields";
import type { Family, FamilyTraits } from "../family";
import { type Field, flag, positive } from "../field";

/** The multipliers of the Granite families. */
export interface GraniteMultipliers {
  /** Multiplies the embeddings. Default 1. */
  embeddingMultiplier: number;
  /** Multiplies attention scores, in place of 1/√(head size). Default 1. */
  attentionMultiplier: number;
  /** Multiplies what each part of a block adds to the residual stream. Default 1. */
  residualMultiplier: number;
  /** Divides the logits. Default 1. */
  logitsScaling: number;
}

/** Granite 3 and later, dense: Llama's block with four multipliers. */
export interface GraniteConfig extends DenseConfig, GraniteMultipliers {
  modelType: "granite";
  /** Whether the feed-forward layers have biases. Default false. */
  mlpBias: boolean;
}

export const graniteSizes = {
  vocabSize: 32000,
  bos: 1,
  eos: 2,
  hiddenSize: 4096,
  intermediateSize: 11008,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  maxPositionEmbeddings: 2048,
};

export const multipliers: { [Name in keyof GraniteMultipliers]: Field<number> } = {
  embeddingMultiplier: positive("embedding_multiplier", 1),
  attentionMultiplier: positive("attention_multiplier", 1),
  residualMultiplier: positive("residual_multiplier", 1),
  logitsScaling: positive("logits_scaling", 1),
};

export const multiplierTraits = (config: GraniteMultipliers): Partial<FamilyTraits> => ({
  embeddingFactor: config.embeddingMultiplier,
  residualFactor: config.residualMultiplier,
  logitDivisor: config.logitsScaling,
});

/** llama.cpp's keys of the multipliers. */
export const multiplierNumbers = {
  embedding_multiplier: { key: "embedding_scale", type: "float32" },
  attention_multiplier: { key: "attention.scale", type: "float32" },
  residual_multiplier: { key: "residual_scale", type: "float32" },
  logits_scaling: { key: "logit_scale", type: "float32" },
} as const;

export const granite: Family<GraniteConfig> = {
  fields: {
    ...decoderFields({ architecture: "GraniteForCausalLM", ...graniteSizes }),
    ...multipliers,
    mlpBias: flag("mlp_bias", false),
  },
  keys: { fixed: { partial_rotary_factor: 1 } },
  traits: (config) => ({
    biases: {
      qkv: config.attentionBias,
      output: config.attentionBias,
      feedForward: config.mlpBias,
    },
    ...multiplierTraits(config),
  }),
  gguf: { architecture: "granite", isPaired: true, numbers: multiplierNumbers },
};
