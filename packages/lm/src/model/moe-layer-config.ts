import type { MoeConfig } from "@deepgrain/moe";
import type { MixtureModelConfig, ModelConfig } from "../config";

const families = ["deepseek", "deepseek_v2", "deepseek_v3"] as const;

/** What the configuration of a model says about each of its expert layers. */
export function moeLayerConfig(config: MixtureModelConfig & ModelConfig): MoeConfig {
  const family = families.find((name) => name === config.modelType);
  const base: MoeConfig = {
    ...(family && { family }),
    hiddenSize: config.hiddenSize,
    expertSize: config.moeIntermediateSize,
    experts: config.nRoutedExperts!,
    topK: config.numExpertsPerTok!,
    sharedExperts: config.nSharedExperts ?? 0,
    scoring: config.scoringFunc,
    normTopkProb: config.normTopkProb,
    auxLossAlpha: config.auxLossAlpha,
    seqAux: config.seqAux,
    // The model draws all its weights itself, or a loader fills them.
    generator: null,
  };
  // These families take one balance loss over all layers, which `loss` adds where the configuration asks for it.
  if ("outputRouterLogits" in config)
    return {
      ...base,
      auxLossAlpha: 0,
      ...(config.modelType === "qwen2_moe" && {
        sharedSize: config.sharedExpertIntermediateSize,
        hasSharedGate: true,
      }),
    };
  if (!("topkMethod" in config)) return base;
  const grouped = config.topkMethod !== "greedy" && config.nGroup !== null;
  return {
    ...base,
    method: config.topkMethod,
    scale: config.routedScalingFactor,
    ...(grouped ? { groups: config.nGroup!, groupsKept: config.topkGroup ?? config.nGroup! } : {}),
  };
}
