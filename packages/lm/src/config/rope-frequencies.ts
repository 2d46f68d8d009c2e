import { LmError, optionsOf, refuseUnknown } from "../errors";
import { rotarySize } from "./check-config";
import type { ModelConfig } from "./model-config";
import type { RopeScaling } from "./rope-scaling";

/** The rotary frequencies of a head, with their scale factors. */
export interface RopeFrequencies {
  /** Radians per position of rotation pair i, shape [rotary size / 2]. */
  inverseFrequencies: Float64Array;
  /** Multiplies cosine and sine. */
  attentionFactor: number;
  /** Multiplies the softmax scale 1/√(query head size): m², where YaRN has `mscale_all_dim`. */
  softmaxMscale: number;
}

type Scaling<Type extends RopeScaling["type"]> = Extract<RopeScaling, { type: Type }>;

const baseFrequencies = (size: number, base: number) =>
  Float64Array.from({ length: size / 2 }, (_, i) => base ** ((-2 * i) / size));

/** NTK-aware interpolation: the base grows with the sequence once it exceeds the trained length. */
function dynamicFrequencies(
  size: number,
  base: number,
  scaling: Scaling<"dynamic">,
  length: number,
) {
  const { factor, originalMaxPositionEmbeddings: trained } = scaling;
  const longest = Math.max(length, trained);
  const growth = (factor * longest) / trained - (factor - 1);
  return baseFrequencies(size, base * growth ** (size / (size - 2)));
}

/** Long wavelengths are interpolated by the factor, short ones kept, and those between blended. */
function llama3Frequencies(plain: Float64Array, scaling: Scaling<"llama3">) {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings } = scaling;
  return plain.map((frequency) => {
    const waves = (originalMaxPositionEmbeddings * frequency) / (2 * Math.PI);
    const share = (waves - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    const kept = Math.min(1, Math.max(0, share));
    return (1 - kept) * (frequency / factor) + kept * frequency;
  });
}

/** YaRN's "NTK by parts": a ramp over the dimensions from kept to interpolated frequencies. */
function yarnFrequencies(plain: Float64Array, base: number, scaling: Scaling<"yarn">) {
  const size = 2 * plain.length;
  const { factor, betaFast, betaSlow, originalMaxPositionEmbeddings, truncate } = scaling;
  const dimension = (turns: number) =>
    (size * Math.log(originalMaxPositionEmbeddings / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const lowest = truncate ? Math.floor(dimension(betaFast)) : dimension(betaFast);
  const highest = truncate ? Math.ceil(dimension(betaSlow)) : dimension(betaSlow);
  const low = Math.max(0, lowest);
  const high = Math.min(size - 1, highest);
  const width = low === high ? 0.001 : high - low;
  return plain.map((frequency, i) => {
    const ramp = Math.min(1, Math.max(0, (i - low) / width));
    return (frequency / factor) * ramp + frequency * (1 - ramp);
  });
}

/**
 * YaRN's attention temperature m(s, k) = 0.1 · k · ln s + 1, and 1 without scaling.
 * @see Peng et al. 2023 (YaRN), section 3.4; DeepSeek-V2, released `modeling_deepseek.py`
 */
export const yarnMscale = (factor: number, k: number): number =>
  factor <= 1 ? 1 : 0.1 * k * Math.log(factor) + 1;

function yarnFactors({ factor, mscale, mscaleAllDim, attentionFactor }: Scaling<"yarn">) {
  const all = yarnMscale(factor, mscaleAllDim);
  return { attentionFactor: attentionFactor ?? yarnMscale(factor, mscale) / all, mscale: all };
}

/** LongRoPE's own divisor for each frequency: one list up to the trained length, another beyond it. */
function longRopeFrequencies(plain: Float64Array, scaling: Scaling<"longrope">, length: number) {
  const isLong = length > scaling.originalMaxPositionEmbeddings;
  const factors = isLong ? scaling.longFactor : scaling.shortFactor;
  return plain.map((frequency, i) => frequency / factors[i]!);
}

function longRopeFactor(scaling: Scaling<"longrope">): number {
  const { factor, originalMaxPositionEmbeddings: trained, attentionFactor } = scaling;
  if (attentionFactor !== null) return attentionFactor;
  return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trained));
}

/**
 * The longest sequence that is rotated with LongRoPE's short factors; infinite without LongRoPE. Keys of both kinds do
 * not fit together: a text that grows past this length is read again.
 */
export function longestShort(config: ModelConfig): number {
  const scaling = config.modelType === "gpt2" ? null : config.ropeScaling;
  return scaling?.type === "longrope" ? scaling.originalMaxPositionEmbeddings : Infinity;
}

/**
 * Returns the rotary frequencies of a configuration: θᵢ = base^(−2i/n), scaled by `ropeScaling`.
 * YaRN's m² on the softmax scale applies to DeepSeek-V2 and V3; Llama's attention has no such factor.
 *
 * @param config any configuration with rotary positions
 * @param options.sequenceLength tokens in the longest sequence; matters for dynamic scaling and LongRoPE only.
 *   Default: the trained length, at which dynamic scaling changes nothing and LongRoPE uses its short factors
 * @throws {LmError} `ERR_CONFIG` for GPT-2, which has no rotary positions; `ERR_RANGE` when `sequenceLength` is negative
 * @see Su et al. 2021 (RoFormer), section 3.2.2; Chen et al. 2023 (position interpolation), section 2.3; Peng et
 *   al. 2023 (YaRN), sections 3.1 to 3.4; Llama 3.1's released code for `llama3`; Ding et al. 2024 (LongRoPE), section
 *   3, and the class for Phi-3 in Hugging Face's transformers
 */
export function ropeFrequencies(
  config: ModelConfig,
  options: { sequenceLength?: number | undefined } = {},
): RopeFrequencies {
  const { sequenceLength = 0, ...rest } = optionsOf("ropeFrequencies", options);
  refuseUnknown("ropeFrequencies", rest);
  if (config.modelType === "gpt2")
    throw new LmError("ERR_CONFIG", "lm/ropeFrequencies: gpt2 has no rotary positions");
  if (!(sequenceLength >= 0))
    throw new LmError(
      "ERR_RANGE",
      `lm/ropeFrequencies: sequenceLength must be at least 0, got ${sequenceLength}`,
      { fields: { sequenceLength } },
    );
  const size = rotarySize(config);
  const { ropeTheta: base, ropeScaling: scaling } = config;
  const plain = baseFrequencies(size, base);
  const unscaled = { attentionFactor: 1, softmaxMscale: 1 };
  switch (scaling?.type) {
    case undefined:
      return { inverseFrequencies: plain, ...unscaled };
    case "linear":
      return {
        inverseFrequencies: plain.map((frequency) => frequency / scaling.factor),
        ...unscaled,
      };
    case "dynamic":
      return {
        inverseFrequencies: dynamicFrequencies(size, base, scaling, sequenceLength),
        ...unscaled,
      };
    case "llama3":
      return { inverseFrequencies: llama3Frequencies(plain, scaling), ...unscaled };
    case "yarn": {
      const { attentionFactor, mscale } = yarnFactors(scaling);
      const softmaxMscale = "headDim" in config ? 1 : mscale * mscale;
      return {
        inverseFrequencies: yarnFrequencies(plain, base, scaling),
        attentionFactor,
        softmaxMscale,
      };
    }
    case "longrope":
      return {
        inverseFrequencies: longRopeFrequencies(plain, scaling, sequenceLength),
        attentionFactor: longRopeFactor(scaling),
        softmaxMscale: 1,
      };
  }
}
