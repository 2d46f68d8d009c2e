import { takeTurn } from "@deepgrain/support";
import { type Generator, randn } from "@deepgrain/tensor-gpu";
import {
  familyTraits,
  type LlamaConfig,
  type ModelConfig,
  parseConfig,
  type Qwen3Config,
  toHuggingFace,
} from "../config";
import { having, LmError, optionsOf, refuseUnknown, whole } from "../errors";
import { CausalLM } from "./causal-lm";

/** Options of {@link upcycle}. */
export interface UpcycleOptions {
  /** Experts of each layer, 2 to 1024; each takes as much memory as the dense feed-forward part. */
  experts: number;
  /** Experts per token, 2 to `experts`. */
  topK: number;
  /** Draws the routers; by default the engine's generator. */
  generator?: Generator | undefined;
  signal?: AbortSignal | undefined;
}

/** A dense family that has a sparse one. */
type DenseConfig = LlamaConfig | Qwen3Config;

const MOST_EXPERTS = 1024;

/** @throws {LmError} `ERR_CONFIG` naming a key whose value the mixture cannot have */
function checkDense(config: ModelConfig): asserts config is DenseConfig {
  const refuse = (key: string, wanted: string, value: unknown): never => {
    throw new LmError("ERR_CONFIG", `lm/upcycle: ${key} must be ${wanted}, got ${value}`, {
      fields: { key, value },
    });
  };
  if (config.modelType !== "llama" && config.modelType !== "qwen3")
    return refuse("model_type", "llama or qwen3", config.modelType);
  if (config.hiddenAct !== "silu")
    refuse("hidden_act", "silu, as experts have no other", config.hiddenAct);
  if (config.modelType !== "llama") return;
  if (config.attentionBias)
    refuse("attention_bias", "false, as mixtral has no biases", config.attentionBias);
  if (config.mlpBias) refuse("mlp_bias", "false, as mixtral has no biases", config.mlpBias);
}

/** The configuration of the mixture: llama's as mixtral, qwen3's as qwen3_moe. */
function mixtureConfig(config: DenseConfig, experts: number, topK: number): ModelConfig {
  const {
    architectures: _architectures,
    mlp_bias: _mlpBias,
    ...dense
  } = toHuggingFace({ ...config, source: {} }, { complete: true });
  if (config.modelType === "llama") {
    const { attention_bias: _attentionBias, ...shared } = dense;
    const counts = { num_local_experts: experts, num_experts_per_tok: topK };
    return parseConfig({ ...shared, ...counts, model_type: "mixtral", sliding_window: null });
  }
  return parseConfig({
    ...dense,
    model_type: "qwen3_moe",
    num_experts: experts,
    num_experts_per_tok: topK,
    moe_intermediate_size: config.intermediateSize,
    norm_topk_prob: true,
    decoder_sparse_step: 1,
    mlp_only_layers: [],
  });
}

const denseMatrix = /^(model\.layers\.\d+)\.mlp\.(gate|up|down)_proj\.weight$/;

/**
 * A mixture of experts made of a dense model, "sparse upcycling": every expert of a layer starts as a copy of the dense
 * feed-forward part, all other weights are copied, and routers are drawn from a normal distribution with
 * `initializer_range`. A token's gates sum to 1, so the logits are those of the dense model until the first step of
 * training; then experts become different, as each token weighs them differently. The model itself stays as it is. Keys of
 * its config.json that its class does not have are not taken over.
 *
 * @param model llama, which becomes mixtral, or qwen3, which becomes qwen3_moe
 * @throws {LmError} `ERR_CONFIG` for another family, an activation other than silu, or a llama with biases; `ERR_RANGE` for
 *   counts out of range; `ERR_STATE` while LoRA factors are attached; the signal's reason on abort
 * @see Komatsuzaki et al. 2023 (Sparse Upcycling), section 3
 */
export async function upcycle(model: CausalLM, options: UpcycleOptions): Promise<CausalLM> {
  const { experts, topK, generator, signal, ...rest } = optionsOf("upcycle", options);
  refuseUnknown("upcycle", rest);
  having("upcycle", "model", model, "config", "readWeight", "namedTensors");
  whole("upcycle", "experts", experts, { min: 2, max: MOST_EXPERTS });
  whole("upcycle", "topK", topK, { min: 2, max: experts });
  const { config } = model;
  checkDense(config);
  if ([...model.namedTensors()].some(([name]) => /\.lora[AB]$/.test(name)))
    throw new LmError("ERR_STATE", "lm/upcycle: merge or remove the attached LoRA factors first");
  const mixture = new CausalLM(mixtureConfig(config, experts, topK), { generator: null });
  try {
    await fillMixture(mixture, model, { experts, generator, signal });
  } catch (error) {
    mixture.dispose();
    throw error;
  }
  return mixture;
}

/** Copies the dense weights, those of feed-forward parts to every expert, and draws the routers. */
async function fillMixture(
  mixture: CausalLM,
  dense: CausalLM,
  { experts, generator, signal }: Pick<UpcycleOptions, "experts" | "generator" | "signal">,
): Promise<void> {
  const { layer, matrices } = familyTraits(mixture.config).experts;
  for (const name of dense.weightNames()) {
    await takeTurn();
    signal?.throwIfAborted();
    const { data } = await dense.readWeight(name);
    const [, block, matrix] = denseMatrix.exec(name) ?? [];
    if (block === undefined) mixture.writeWeight(name, data);
    else
      for (let e = 0; e < experts; e++) {
        const expert = `${block}.${layer}.experts.${e}.${matrices[matrix as "gate"]}`;
        mixture.writeWeight(`${expert}.weight`, data);
      }
  }
  const { hiddenSize, initializerRange: std } = mixture.config;
  for (const block of mixture.moeLayers.keys()) {
    const router = randn([experts, hiddenSize], { std, generator });
    const data = (await router.data()) as Float32Array;
    mixture.writeWeight(`model.layers.${block}.${layer}.gate.weight`, data);
    router.dispose();
  }
}
