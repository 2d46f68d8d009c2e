import type { GgufFile, GgufTensor, TensorFile } from "@deepgrain/tensor-gpu";
import { familyTraits, type ModelConfig, type RotaryModelConfig, rotarySize } from "../config";
import { LmError } from "../errors";
import { type PlannedWeight, weightPlan } from "../files/weight-plan";
import { architectureOf, longRopeTensors } from "./gguf-config";

/** Parts of a block by their names in Hugging Face files. */
const blockNames: Readonly<Record<string, string>> = {
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.qkv_proj": "attn_qkv",
  "self_attn.o_proj": "attn_output",
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
  "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
  "mlp.shared_expert.up_proj": "ffn_up_shexp",
  "mlp.shared_expert.down_proj": "ffn_down_shexp",
  "mlp.shared_expert_gate": "ffn_gate_inp_shexp",
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

/** Where a GGUF file stores a weight. */
function tensorOf(file: GgufFile, config: RotaryModelConfig, name: string): GgufTensor {
  const parts = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name);
  if (!parts) return { name: otherNames[name] ?? name };
  const [, block, part, kind] = parts as unknown as [string, string, string, string];
  const expert = /\.experts\.(\d+)\.(\w+)$/.exec(part);
  if (expert) {
    const matrix = expertMatrices[expert[2]!]!;
    const stacked = `blk.${block}.${matrix}_exps.weight`;
    if (file.has(stacked)) return { name: stacked, index: Number(expert[1]) };
    return { name: `blk.${block}.${matrix}.${expert[1]}.weight` };
  }
  // If norms only come before each part, the norm after attention is the one before the feed-forward part.
  const isBehind = familyTraits(config).norms !== "before";
  const own =
    part === "post_attention_layernorm" && (isBehind ? "post_attention_norm" : "ffn_norm");
  return { name: `blk.${block}.${own || (blockNames[part] ?? part)}.${kind}` };
}

/** Maps each row of a projection that rotates halves to the row of one that rotates neighbouring pairs. */
const pairsOf = (size: number) => (row: number) => {
  const within = row % size;
  return row - within + (within < size / 2 ? 2 * within : 2 * within - size + 1);
};

/** How the numbers of a weight differ from those in Hugging Face files. */
function changesOf(
  architecture: string,
  config: RotaryModelConfig,
  name: string,
): Pick<GgufTensor, "rowOf" | "plus"> {
  if (architecture === "llama" && /\.[qk]_proj\.(weight|bias)$/.test(name))
    return { rowOf: pairsOf(rotarySize(config)) };
  return familyTraits(config).norm === "offset" && /norm\.weight$/.test(name) ? { plus: -1 } : {};
}

/**
 * A GGUF file with the names, shapes and order of rows of a Hugging Face file.
 * @throws {LmError} `ERR_MISSING` naming tensors that the model lacks or the file has in addition
 */
export function asHuggingFace(file: GgufFile, config: ModelConfig): TensorFile {
  const architecture = architectureOf(file);
  const rotary = config as RotaryModelConfig; // no supported architecture has learned positions
  const wanted = new Map<string, GgufTensor>();
  const used = new Set(["rope_freqs.weight", ...longRopeTensors]);
  const missing: string[] = [];
  for (const [name, shape] of weightPlan(config) as Iterable<PlannedWeight>) {
    const tensor = tensorOf(file, rotary, name);
    used.add(tensor.name);
    if (!file.has(tensor.name)) {
      if (missing.push(tensor.name) >= 100) break;
      continue;
    }
    wanted.set(name, { ...tensor, shape, ...changesOf(architecture, rotary, name) });
  }
  const surplus = file.names.filter((name) => !used.has(name));
  if (missing.length + (missing.length < 100 ? surplus.length : 0) > 0) {
    const list = (kind: string, names: readonly string[]) =>
      names.length > 0
        ? `${kind} ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}. `
        : "";
    throw new LmError(
      "ERR_MISSING",
      `lm/gguf: ${list("missing tensors:", missing)}${list("unexpected tensors:", surplus)}`.trim(),
      { fields: { missing, unexpected: surplus } },
    );
  }
  return file.withTensors(wanted);
}
