/** @file Where GGUF files store the weights that Hugging Face files name. */
import { families, familyTraits, headSize, type RotaryModelConfig } from "../config";

/** Parts of a block by their names in Hugging Face files. */
const blockNames: Readonly<Record<string, string>> = {
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.qkv_proj": "attn_qkv",
  "self_attn.o_proj": "attn_output",
  "self_attn.q_a_proj": "attn_q_a",
  "self_attn.q_a_layernorm": "attn_q_a_norm",
  "self_attn.q_b_proj": "attn_q_b",
  "self_attn.kv_a_proj_with_mqa": "attn_kv_a_mqa",
  "self_attn.kv_a_layernorm": "attn_kv_a_norm",
  "self_attn.kv_b_proj": "attn_kv_b",
  "self_attn.q_norm": "attn_q_norm",
  "self_attn.k_norm": "attn_k_norm",
  input_layernorm: "attn_norm",
  pre_feedforward_layernorm: "ffn_norm",
  post_feedforward_layernorm: "post_ffw_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.gate_up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
  "mlp.gate": "ffn_gate_inp",
  "block_sparse_moe.gate": "ffn_gate_inp",
  "block_sparse_moe.router.layer": "ffn_gate_inp",
  "block_sparse_moe.output_linear": "ffn_down_exps",
  "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
  "mlp.shared_expert.up_proj": "ffn_up_shexp",
  "mlp.shared_expert.down_proj": "ffn_down_shexp",
  "mlp.shared_expert_gate": "ffn_gate_inp_shexp",
  "mlp.shared_experts.gate_proj": "ffn_gate_shexp",
  "mlp.shared_experts.up_proj": "ffn_up_shexp",
  "mlp.shared_experts.down_proj": "ffn_down_shexp",
};

const expertMatrices: Readonly<Record<string, string>> = {
  gate_proj: "ffn_gate",
  up_proj: "ffn_up",
  down_proj: "ffn_down",
  w1: "ffn_gate",
  w3: "ffn_up",
  w2: "ffn_down",
};

const otherNames: Readonly<Record<string, string>> = {
  "model.embed_tokens.weight": "token_embd.weight",
  "model.norm.weight": "output_norm.weight",
  "lm_head.weight": "output.weight",
};

/** Where a GGUF file stores a weight, and how its numbers there differ. */
export interface GgufPlace {
  /** The tensor's name. */
  readonly name: string;
  /** The expert whose matrix it is, in a tensor that stacks those of all experts. */
  readonly expert?: number | undefined;
  /** Rows of a head, where the file stores rotation pairs as neighbours and Hugging Face half a head apart. */
  readonly paired?: number | undefined;
  /** The tensors that hold the gates and the ups of all experts, where the weight stacks them above each other. */
  readonly halves?: readonly [gate: string, up: string] | undefined;
  /** Added to each number in the file. */
  readonly plus?: number | undefined;
}

/** The name of the norm after attention, which is the one before the feed-forward part where norms only come before parts. */
const normAfterAttention = (config: RotaryModelConfig) =>
  familyTraits(config).norms === "before" ? "ffn_norm" : "post_attention_norm";

/** The architectures whose files store rotation pairs as neighbours, unlike Hugging Face's files of the same models. */
const pairedArchitectures = [
  ...["llama", "deepseek"],
  ...Object.values(families).flatMap(({ gguf }) => (gguf.isPaired ? [gguf.architecture] : [])),
];

/** Where files of an architecture store a weight, by its name in Hugging Face files. */
export function ggufPlace(
  architecture: string,
  config: RotaryModelConfig,
  name: string,
): GgufPlace {
  const plus = familyTraits(config).norm === "offset" && /norm\.weight$/.test(name) ? 1 : undefined;
  const correction = /^model\.layers\.(\d+)\.mlp\.gate\.e_score_correction_bias$/.exec(name);
  if (correction) return { name: `blk.${correction[1]}.exp_probs_b.bias` };
  const parts = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name);
  if (!parts) return { name: otherNames[name] ?? name, plus };
  const [, block, part, kind] = parts as unknown as [string, string, string, string];
  if (part === "block_sparse_moe.input_linear") {
    const [gate, up] = [`blk.${block}.ffn_gate_exps.weight`, `blk.${block}.ffn_up_exps.weight`];
    return { name: gate, halves: [gate, up] };
  }
  const expert = /\.experts\.(\d+)\.(\w+)$/.exec(part);
  if (expert)
    return {
      name: `blk.${block}.${expertMatrices[expert[2]!]}_exps.weight`,
      expert: Number(expert[1]),
    };
  const own = part === "post_attention_layernorm" ? normAfterAttention(config) : blockNames[part];
  const isRotated = pairedArchitectures.includes(architecture) && /\.[qk]_proj$/.test(part);
  return {
    name: `blk.${block}.${own ?? part}.${kind}`,
    paired: isRotated ? headSize(config) : undefined,
    plus,
  };
}

/** For each row of a projection as Hugging Face orders it, its row where rotation pairs are neighbours. */
export const pairedRow = (size: number) => (row: number) => {
  const within = row % size;
  return row - within + (within < size / 2 ? 2 * within : 2 * within - size + 1);
};
