import {
  type ModelConfig,
  parseConfig,
  type RopeScaling,
  type RotaryModelConfig,
  toHuggingFace,
} from "../config";
import { LmError, oneOf, optionsOf, real, refuseUnknown } from "../errors";
import { CausalLM } from "../model/causal-lm";

/** How positions beyond the trained length are read. */
export type ContextScaling = "yarn" | "linear" | "none";

/** Options of {@link extendModel}. */
export interface ExtendModelOptions {
  /** How many times longer texts may be, above 1. */
  factor: number;
  /** `yarn` (default), `linear` position interpolation, or `none`: positions go on as they are. */
  scaling?: ContextScaling | undefined;
}

/** Both mscales of DeepSeek-V2's YaRN: the attention temperature is 0.0707 · ln s + 1. */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the published value, not √½
const LATENT_MSCALE = 0.707;

/** The configuration with more positions. */
function extendedConfig(
  config: RotaryModelConfig,
  factor: number,
  scaling: ContextScaling,
): ModelConfig {
  const { maxPositionEmbeddings: original } = config;
  const maxPositionEmbeddings = Math.round(original * factor);
  const isLatent = "kvLoraRank" in config;
  const scalings: Record<ContextScaling, RopeScaling | null> = {
    none: null,
    linear: { type: "linear", factor },
    yarn: {
      type: "yarn",
      factor,
      originalMaxPositionEmbeddings: original,
      betaFast: 32,
      betaSlow: 1,
      mscale: isLatent ? LATENT_MSCALE : 1,
      mscaleAllDim: isLatent ? LATENT_MSCALE : 0,
      attentionFactor: null,
      truncate: true,
    },
  };
  const ropeScaling = scalings[scaling];
  return parseConfig(toHuggingFace({ ...config, maxPositionEmbeddings, ropeScaling }));
}

/**
 * A copy of a model that takes texts `factor` times longer, with the same weights. YaRN has the settings of DeepSeek-V2: β 32
 * and 1, and for latent attention both mscales 0.707. It still must be trained a little; see {@link extendContext}.
 *
 * @throws {LmError} `ERR_RANGE` for a factor of 1 or less; `ERR_CONFIG` for a model without rotary positions, whose positions are
 *   scaled already, or whose family does not know the scaling
 * @see Peng et al. 2023 (YaRN), section 3; DeepSeek-V2 2024, section 3.1.4
 */
export async function extendModel(model: CausalLM, options: ExtendModelOptions): Promise<CausalLM> {
  const { factor, scaling = "yarn", ...rest } = optionsOf("extendModel", options);
  refuseUnknown("extendModel", rest);
  real("extendModel", "factor", factor, { above: 1 });
  oneOf("extendModel", "scaling", scaling, ["yarn", "linear", "none"]);
  const { config } = model;
  if (config.modelType === "gpt2")
    throw new LmError("ERR_CONFIG", "lm/extendModel: gpt2 has no rotary positions to extend");
  if (config.ropeScaling)
    throw new LmError(
      "ERR_CONFIG",
      `lm/extendModel: the model's positions are scaled already (${config.ropeScaling.type}); extend the model that was not`,
      { fields: { type: config.ropeScaling.type } },
    );
  const longer = new CausalLM(extendedConfig(config, factor, scaling), { generator: null });
  for (const name of model.weightNames())
    longer.writeWeight(name, (await model.readWeight(name)).data);
  return longer;
}
