import type { MixtureModelConfig } from "./base-config";
import { configError } from "./field";
import type { ModelConfig, RotaryModelConfig } from "./model-config";

/** Keeps a small file from describing a model of unbounded size. */
const mostLayers = 10_000;

function checkHeads(config: ModelConfig): void {
  const { modelType, hiddenSize, numAttentionHeads } = config;
  const heads = modelType === "gpt2" ? "n_head" : "num_attention_heads";
  const dividesWidth = modelType === "gpt2" || modelType === "deepseek";
  if (dividesWidth && hiddenSize % numAttentionHeads !== 0)
    throw configError(heads, `a divisor of the hidden size ${hiddenSize}`, numAttentionHeads);
  if (modelType === "gpt2") return;
  if (numAttentionHeads % config.numKeyValueHeads !== 0)
    throw configError(
      "num_key_value_heads",
      `a divisor of num_attention_heads ${numAttentionHeads}`,
      config.numKeyValueHeads,
    );
}

function checkExperts(config: MixtureModelConfig): void {
  const { nRoutedExperts, numExpertsPerTok } = config;
  if (nRoutedExperts === null) return;
  if (numExpertsPerTok === null || numExpertsPerTok > nRoutedExperts)
    throw configError(
      "num_experts_per_tok",
      `from 1 to n_routed_experts ${nRoutedExperts}`,
      numExpertsPerTok,
    );
}

function checkGroups(config: Extract<ModelConfig, { topkMethod: string }>): void {
  const { nRoutedExperts, nGroup, topkGroup, numExpertsPerTok, topkMethod } = config;
  if (nRoutedExperts === null || topkMethod === "greedy") return;
  if (topkMethod === "group_limited_greedy" && (nGroup === null || topkGroup === null))
    throw configError("n_group", "given with topk_group for group_limited_greedy", nGroup);
  const groups = nGroup ?? 1;
  const used = topkGroup ?? groups;
  if (nRoutedExperts % groups !== 0)
    throw configError("n_group", `a divisor of n_routed_experts ${nRoutedExperts}`, nGroup);
  if (used > groups) throw configError("topk_group", `at most n_group ${groups}`, topkGroup);
  if ((used * nRoutedExperts) / groups < numExpertsPerTok!)
    throw configError(
      "topk_group",
      `enough groups for num_experts_per_tok ${numExpertsPerTok} experts`,
      topkGroup,
    );
}

/** Size of a head, in elements; of latent attention, of its rotated part. */
export function headSize(config: RotaryModelConfig): number {
  if ("headDim" in config) return config.headDim;
  if (config.modelType === "deepseek") return config.hiddenSize / config.numAttentionHeads;
  return config.qkRopeHeadDim;
}

/** Size of the part of a head that is rotated, in elements. */
export function rotarySize(config: RotaryModelConfig): number {
  const share = "partialRotaryFactor" in config ? config.partialRotaryFactor : 1;
  return Math.floor(share * headSize(config));
}

/** The key that decides how much of a head is rotated. */
function rotaryKey(config: RotaryModelConfig): string {
  if ("kvLoraRank" in config) return "qk_rope_head_dim";
  if (config.modelType === "deepseek") return "hidden_size";
  return rotarySize(config) === headSize(config) ? "head_dim" : "partial_rotary_factor";
}

/** LongRoPE has one factor per rotation pair. */
function checkFactors(config: RotaryModelConfig): void {
  const { ropeScaling: scaling } = config;
  if (scaling?.type !== "longrope") return;
  const pairs = rotarySize(config) / 2;
  const lists = { short_factor: scaling.shortFactor, long_factor: scaling.longFactor };
  for (const [key, list] of Object.entries(lists))
    if (list.length !== pairs)
      throw configError(
        `rope_scaling.${key}`,
        `a list of ${pairs} numbers, one per rotation pair`,
        list,
      );
}

/**
 * Checks conditions over several keys: divisibility, and that there are enough experts.
 *
 * @throws {LmError} `ERR_CONFIG` naming the key
 */
export function checkConfig(config: ModelConfig): void {
  if (config.numHiddenLayers > mostLayers)
    throw configError(
      config.modelType === "gpt2" ? "n_layer" : "num_hidden_layers",
      `at most ${mostLayers}`,
      config.numHiddenLayers,
    );
  checkHeads(config);
  if (config.modelType === "gpt2") return;
  const size = rotarySize(config);
  if (size % 2 !== 0 || size === 0)
    throw configError(rotaryKey(config), "even for each head", size);
  if ("noRopeLayers" in config && config.noRopeLayers.length < config.numHiddenLayers)
    throw configError(
      "no_rope_layers",
      `a list of ${config.numHiddenLayers} numbers, one per layer`,
      config.noRopeLayers,
    );
  checkFactors(config);
  if ("nRoutedExperts" in config) checkExperts(config);
  if ("topkMethod" in config) checkGroups(config);
}
