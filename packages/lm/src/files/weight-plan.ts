import type { Gpt2Config, MixtureModelConfig, ModelConfig, RotaryModelConfig } from "../config";
import { familyTraits, headSize, isMoeLayer } from "../config";

/** A weight's name in Hugging Face files and its shape. */
export type PlannedWeight = readonly [name: string, shape: readonly number[]];

type LatentConfig = Extract<ModelConfig, { kvLoraRank: number }>;

function* linear(name: string, rows: number, columns: number, hasBias: boolean): Plan {
  yield [`${name}.weight`, [rows, columns]];
  if (hasBias) yield [`${name}.bias`, [rows]];
}

function* gatedMlp(name: string, hidden: number, inner: number, hasBias = false): Plan {
  yield* linear(`${name}.gate_proj`, inner, hidden, hasBias);
  yield* linear(`${name}.up_proj`, inner, hidden, hasBias);
  yield* linear(`${name}.down_proj`, hidden, inner, hasBias);
}

function* latentAttention(name: string, config: LatentConfig): Plan {
  const { hiddenSize, numAttentionHeads: heads, qLoraRank, kvLoraRank, attentionBias } = config;
  const { qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = config;
  const queryWidth = heads * (qkNopeHeadDim + qkRopeHeadDim);
  if (qLoraRank === null) yield* linear(`${name}.q_proj`, queryWidth, hiddenSize, false);
  else {
    yield* linear(`${name}.q_a_proj`, qLoraRank, hiddenSize, attentionBias);
    yield [`${name}.q_a_layernorm.weight`, [qLoraRank]];
    yield* linear(`${name}.q_b_proj`, queryWidth, qLoraRank, false);
  }
  const compressed = kvLoraRank + qkRopeHeadDim;
  yield* linear(`${name}.kv_a_proj_with_mqa`, compressed, hiddenSize, attentionBias);
  yield [`${name}.kv_a_layernorm.weight`, [kvLoraRank]];
  yield* linear(`${name}.kv_b_proj`, heads * (qkNopeHeadDim + vHeadDim), kvLoraRank, false);
  yield* linear(`${name}.o_proj`, hiddenSize, heads * vHeadDim, attentionBias);
}

function* attention(name: string, config: RotaryModelConfig): Plan {
  if ("kvLoraRank" in config) return yield* latentAttention(name, config);
  const { hiddenSize, numAttentionHeads: heads, numKeyValueHeads } = config;
  const { biases, isFused, qkNorm } = familyTraits(config);
  const size = headSize(config);
  const project = (part: string, count: number) =>
    linear(`${name}.${part}_proj`, count * size, hiddenSize, biases.qkv);
  if (isFused) yield* project("qkv", heads + 2 * numKeyValueHeads);
  else {
    yield* project("q", heads);
    yield* project("k", numKeyValueHeads);
    yield* project("v", numKeyValueHeads);
  }
  yield* linear(`${name}.o_proj`, hiddenSize, heads * size, biases.output);
  if (!qkNorm) return;
  const width = (count: number) => (qkNorm === "full" ? count * size : size);
  yield [`${name}.q_norm.weight`, [width(heads)]];
  yield [`${name}.k_norm.weight`, [width(numKeyValueHeads)]];
}

function* experts(block: string, config: MixtureModelConfig & ModelConfig): Plan {
  const { hiddenSize, moeIntermediateSize: inner, nSharedExperts } = config;
  const routed = config.nRoutedExperts!;
  const { layer, router, matrices, stacks, shared } = familyTraits(config).experts;
  const name = `${block}.${layer}`;
  yield [`${name}.${router}.weight`, [routed, hiddenSize]];
  if ("topkMethod" in config && config.topkMethod === "noaux_tc")
    yield [`${name}.gate.e_score_correction_bias`, [routed]];
  if (stacks) {
    yield [`${name}.${stacks.gateUp}.weight`, [routed, 2 * inner, hiddenSize]];
    yield [`${name}.${stacks.down}.weight`, [routed, hiddenSize, inner]];
    return;
  }
  for (let e = 0; e < routed; e++) {
    yield [`${name}.experts.${e}.${matrices.gate}.weight`, [inner, hiddenSize]];
    yield [`${name}.experts.${e}.${matrices.up}.weight`, [inner, hiddenSize]];
    yield [`${name}.experts.${e}.${matrices.down}.weight`, [hiddenSize, inner]];
  }
  if (config.modelType === "qwen2_moe") {
    yield* gatedMlp(`${name}.${shared}`, hiddenSize, config.sharedExpertIntermediateSize);
    yield [`${name}.shared_expert_gate.weight`, [1, hiddenSize]];
  } else if (nSharedExperts)
    yield* gatedMlp(`${name}.${shared}`, hiddenSize, nSharedExperts * inner);
}

/** The weights of one decoder block. */
export function* blockPlan(config: RotaryModelConfig, block: number): Plan {
  const name = `model.layers.${block}`;
  const { hiddenSize, intermediateSize } = config;
  const { biases, isFused, norms } = familyTraits(config);
  yield* attention(`${name}.self_attn`, config);
  if (isMoeLayer(config, block)) yield* experts(name, config as MixtureModelConfig & ModelConfig);
  else if (isFused) {
    yield [`${name}.mlp.gate_up_proj.weight`, [2 * intermediateSize, hiddenSize]];
    yield [`${name}.mlp.down_proj.weight`, [hiddenSize, intermediateSize]];
  } else {
    yield* gatedMlp(`${name}.mlp`, hiddenSize, intermediateSize, biases.feedForward);
  }
  if (norms !== "behind") yield [`${name}.input_layernorm.weight`, [hiddenSize]];
  yield [`${name}.post_attention_layernorm.weight`, [hiddenSize]];
  if (norms === "both") yield [`${name}.pre_feedforward_layernorm.weight`, [hiddenSize]];
  if (norms !== "before") yield [`${name}.post_feedforward_layernorm.weight`, [hiddenSize]];
}

/** GPT-2 stores matrices as [in, out]. */
function* gpt2Plan(config: Gpt2Config): Plan {
  const { hiddenSize: hidden, intermediateSize: inner } = config;
  const matrix = function* (name: string, rows: number, columns: number): Plan {
    yield [`${name}.weight`, [rows, columns]];
    yield [`${name}.bias`, [columns]];
  };
  const norm = function* (name: string): Plan {
    yield [`${name}.weight`, [hidden]];
    yield [`${name}.bias`, [hidden]];
  };
  yield ["transformer.wte.weight", [config.vocabSize, hidden]];
  yield ["transformer.wpe.weight", [config.maxPositionEmbeddings, hidden]];
  for (let block = 0; block < config.numHiddenLayers; block++) {
    const name = `transformer.h.${block}`;
    yield* norm(`${name}.ln_1`);
    yield* matrix(`${name}.attn.c_attn`, hidden, 3 * hidden);
    yield* matrix(`${name}.attn.c_proj`, hidden, hidden);
    yield* norm(`${name}.ln_2`);
    yield* matrix(`${name}.mlp.c_fc`, hidden, inner);
    yield* matrix(`${name}.mlp.c_proj`, inner, hidden);
  }
  yield* norm("transformer.ln_f");
}

type Plan = Generator<PlannedWeight, void>;

/** All weights of a model, from its configuration alone. Nothing is allocated, and entries are produced lazily. */
export function* weightPlan(config: ModelConfig): Plan {
  if (config.modelType === "gpt2") yield* gpt2Plan(config);
  else {
    yield ["model.embed_tokens.weight", [config.vocabSize, config.hiddenSize]];
    for (let block = 0; block < config.numHiddenLayers; block++) yield* blockPlan(config, block);
    yield ["model.norm.weight", [config.hiddenSize]];
  }
  if (!config.tieWordEmbeddings) yield ["lm_head.weight", [config.vocabSize, config.hiddenSize]];
}
