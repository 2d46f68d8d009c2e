import type { MoeConfig } from "@deepgrain/moe";
import type { DeviceLossConfig, MixtureModelConfig, ModelConfig } from "../config";
import { LmError } from "../errors";

const families = ["deepseek", "deepseek_v2", "deepseek_v3"] as const;

/** The settings of each expert layer, from the model's configuration. */
export function moeLayerConfig(config: MixtureModelConfig & ModelConfig): MoeConfig {
  const family = families.find((name) => name === config.modelType);
  const base: MoeConfig = {
    family,
    hiddenSize: config.hiddenSize,
    expertSize: config.moeIntermediateSize,
    experts: config.nRoutedExperts!,
    topK: config.numExpertsPerTok!,
    sharedExperts: config.nSharedExperts ?? 0,
    scoring: config.scoringFunc,
    normTopkProb: config.normTopkProb,
    auxLossAlpha: config.auxLossAlpha,
    zLossAlpha: config.zLossAlpha,
    seqAux: config.seqAux,
    // The model draws all its weights itself, or a loader fills them.
    generator: null,
  };
  // These families use one balance loss over all layers, which `loss` adds if the configuration asks for it.
  if ("outputRouterLogits" in config)
    return {
      ...base,
      auxLossAlpha: 0,
      ...(config.modelType === "qwen2_moe" && {
        sharedSize: config.sharedExpertIntermediateSize,
        hasSharedGate: true,
      }),
    };
  if (!("topkMethod" in config)) return { ...base, ...deviceLosses(config, null) };
  const grouped = config.topkMethod !== "greedy" && config.nGroup !== null;
  return {
    ...base,
    ...deviceLosses(config, grouped ? config.topkGroup : null),
    method: config.topkMethod,
    scale: config.routedScalingFactor,
    ...(grouped ? { groups: config.nGroup!, groupsKept: config.topkGroup ?? config.nGroup! } : {}),
  };
}

/**
 * The losses over devices that a configuration asks for.
 * @param limit devices that a token may use; null: all
 * @throws {LmError} `ERR_CONFIG` when the number of devices is not known
 */
function deviceLosses(
  config: Partial<DeviceLossConfig> & { nGroup?: number | null | undefined },
  limit: number | null,
): Pick<MoeConfig, "deviceLoss" | "communicationLoss"> {
  const { deviceLossAlpha = 0, communicationLossAlpha = 0 } = config;
  if (deviceLossAlpha === 0 && communicationLossAlpha === 0) return {};
  const devices = config.lossDevices ?? config.nGroup ?? null;
  if (devices === null)
    throw new LmError(
      "ERR_CONFIG",
      "lm/CausalLM: loss_devices must be a number of devices where device_loss_alpha or communication_loss_alpha is above 0",
      { fields: { key: "loss_devices", deviceLossAlpha, communicationLossAlpha } },
    );
  return {
    deviceLoss: deviceLossAlpha > 0 ? { devices, alpha: deviceLossAlpha } : undefined,
    communicationLoss:
      communicationLossAlpha > 0
        ? {
            devices,
            alpha: communicationLossAlpha,
            limit: limit === null ? undefined : Math.min(limit, devices),
          }
        : undefined,
  };
}
