import type { MoeConfig as MoeLayerConfig } from "@deepgrain/moe";
import type { ModelConfig, MoeConfig } from "../config";

/** What the configuration of a model says about each of its expert layers. */
export function moeLayerConfig(config: MoeConfig & ModelConfig): MoeLayerConfig {
  const base: MoeLayerConfig = {
    family: config.modelType as "deepseek" | "deepseek_v2" | "deepseek_v3",
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
  if (!("topkMethod" in config)) return base;
  const grouped = config.topkMethod !== "greedy" && config.nGroup !== null;
  return {
    ...base,
    method: config.topkMethod,
    scale: config.routedScalingFactor,
    ...(grouped ? { groups: config.nGroup!, groupsKept: config.topkGroup ?? config.nGroup! } : {}),
  };
}
