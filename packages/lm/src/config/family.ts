/** @file What a family of decoders is described by. */
import type { BaseConfig } from "./base-config";
import type { FamilyFields } from "./decoder-fields";
import type { JsonObject } from "./field";

/** How files of a family name their expert layers. */
export interface ExpertNames {
  /** The layer in its block. */
  layer: string;
  /** The router in the layer. */
  router: string;
  /** The matrices of one expert. */
  matrices: { gate: string; up: string; down: string };
  /** The stacks of all experts' matrices, gate above up; null if files store experts one by one. */
  stacks: { gateUp: string; down: string } | null;
  /** The shared experts in the layer. */
  shared: string;
}

/**
 * The traits of a family of decoders. The model, its prepared form for generation and the plan of its weights all read
 * it.
 */
export interface FamilyTraits {
  /** Whether keys and values are projected by heads, or from latents that all heads share. */
  attention: "heads" | "latent";
  positions: "rotary" | "learned";
  /** Whether rotation pairs are neighbours, instead of half a head apart. */
  hasNeighbourPairs: boolean;
  /** Biases of queries, keys and values, of attention's output, and of the dense feed-forward part. */
  biases: { qkv: boolean; output: boolean; feedForward: boolean };
  /** Queries and keys normalised per head, over the full width, or not. */
  qkNorm: "head" | "full" | null;
  /** Norms before each part, after it, or both. */
  norms: "before" | "behind" | "both";
  /** Root mean square; the same times 1 + weight; or mean and variance. */
  norm: "rms" | "offset" | "layer";
  /** Whether q, k, v and gate, up are one projection each. */
  isFused: boolean;
  /** act(gate) · up, or act alone. */
  feedForward: "gated" | "plain";
  experts: ExpertNames;
  /** Multiplies the embeddings. */
  embeddingFactor: number;
  /** Multiplies what each part adds to the residual stream. */
  residualFactor: number;
  /** Divides the logits. */
  logitDivisor: number;
  /** Logits are cap · tanh(logit / cap); 0: no cap. */
  logitCap: number;
}

/** The keys that one family's class adds and no field reads: those that change no number, and those with one value. */
export interface OwnKeys {
  neutral?: readonly string[] | undefined;
  fixed?: JsonObject | undefined;
}

/** How llama.cpp's files describe a family. */
export interface GgufForm {
  /** `general.architecture`. */
  architecture: string;
  /** Whether these files store rotation pairs of queries and keys as neighbours. */
  isPaired: boolean;
  /** Numbers of their head by the key of config.json, beyond those that all families share. */
  numbers?: Readonly<Record<string, { key: string; type: "uint32" | "float32" }>> | undefined;
  /** Keys of config.json whose values llama.cpp has built in. */
  builtIn?: JsonObject | undefined;
}

/** A family of decoders in one piece. */
export interface Family<Config extends BaseConfig> {
  fields: FamilyFields<Config>;
  keys: OwnKeys;
  /** How it differs from Llama. */
  traits: (config: Config) => Partial<FamilyTraits>;
  gguf: GgufForm;
}

export const noBiases = { qkv: false, output: false, feedForward: false };

/** Names of experts as most files have them. */
export const expertNames: ExpertNames = {
  layer: "mlp",
  router: "gate",
  matrices: { gate: "gate_proj", up: "up_proj", down: "down_proj" },
  stacks: null,
  shared: "shared_experts",
};

/** The biases of attention that `attention_bias` asks for. */
export const attentionBiases = ({ attentionBias: bias }: { attentionBias: boolean }) => ({
  biases: { ...noBiases, qkv: bias, output: bias },
});
