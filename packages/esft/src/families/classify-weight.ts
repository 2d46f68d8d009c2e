/** The part of a model that a weight belongs to, as far as expert-specific fine-tuning is concerned. */
export type WeightRole =
  | { kind: "expert"; layer: number; expert: number }
  | { kind: "shared"; layer: number }
  | { kind: "other" };

const expertName = /(?:^|\.)layers\.(\d+)\.(?:.*\.)?experts\.(\d+)\./;
const sharedName = /(?:^|\.)layers\.(\d+)\.(?:.*\.)?shared_experts?(?:_gate)?\./;

/**
 * Classifies a weight by its Hugging Face name: routed expert, shared expert (with its gate, in Qwen2-MoE), or
 * everything else, routers included. Covers the layouts of DeepSeek V1 to V3, Mixtral, Qwen2-MoE and Qwen3-MoE.
 */
export function classifyWeight(name: string): WeightRole {
  const expert = expertName.exec(name);
  if (expert) return { kind: "expert", layer: Number(expert[1]), expert: Number(expert[2]) };
  const shared = sharedName.exec(name);
  if (shared) return { kind: "shared", layer: Number(shared[1]) };
  return { kind: "other" };
}

/** True for a router's weight or balancing bias. */
export const isRouterWeight = (name: string): boolean =>
  /\.(?:mlp|block_sparse_moe)\.gate\.(?:weight|e_score_correction_bias)$/.test(name);
