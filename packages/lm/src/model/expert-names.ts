import type { ModelConfig } from "../config";

/** How files of a family name their expert layers. */
export interface ExpertNames {
  /** The layer in its block. */
  layer: string;
  /** The matrices of one expert. */
  matrices: { gate: string; up: string; down: string };
  /** The shared experts in the layer. */
  shared: string;
}

const plain: ExpertNames = {
  layer: "mlp",
  matrices: { gate: "gate_proj", up: "up_proj", down: "down_proj" },
  shared: "shared_experts",
};

/** The names in Hugging Face files. */
export function expertNames(modelType: ModelConfig["modelType"]): ExpertNames {
  if (modelType === "mixtral")
    return { ...plain, layer: "block_sparse_moe", matrices: { gate: "w1", up: "w3", down: "w2" } };
  return modelType === "qwen2_moe" ? { ...plain, shared: "shared_expert" } : plain;
}
