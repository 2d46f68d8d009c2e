import type { CodeShape } from "../core/code-shape";
import { payloadSuccess, presencePower } from "../core/payload-success";
import { optionsOf, real, refuseUnknown, WatermarkError } from "../errors";
import type { Profile } from "../profile";
import { kindOf } from "../schemes";

/** The capacity of a text. */
export interface Capacity {
  /** Expected share of hits among usable tokens. */
  hitRate: number;
  /** Maximum payload bits that such a text carries with the given success rate; 0 for presence-only schemes. */
  bits: number;
  /** Tokens needed for the profile's own payload, or for a presence-only mark; Infinity above 16,384 usable ones. */
  tokensNeeded: number;
}

/** Options of `capacity`. */
export interface CapacityOptions {
  /** Tokens that will be generated after any unmarked start; values above 16,384 count as 16,384. */
  tokens: number;
  /** Share of positions where the mark has a choice, in (0, 1]. Default 1. */
  usable?: number | undefined;
  /**
   * Mean spike entropy of the model, from `spikeEntropy`; when given, the expected hit rate is the
   * lower bound gamma·e^delta/(1 − gamma + gamma·e^delta)·S.
   */
  spikeEntropy?: number | undefined;
  /** Probability that the text is detected and its whole payload is right, in (0, 1). Default 0.95. */
  success?: number | undefined;
  /** Largest p-value that counts as detected, in (0, 1). Default 1e-3. */
  alpha?: number | undefined;
}

const mostTokens = 16_384;
const mostBits = 4096;

/** Whether a text of this many usable tokens is detected, with the right payload, with the given probability. */
const fits = (shape: CodeShape, tokens: number, success: number, alpha: number): boolean =>
  payloadSuccess(shape, tokens) >= success && presencePower(shape, tokens, alpha) >= success;

/** The smallest integer from 1 to `most` from which on `holds` is true; Infinity if there is none. */
function smallest(most: number, holds: (n: number) => boolean): number {
  let high = 1;
  while (high < most && !holds(high)) high = Math.min(most, 2 * high);
  if (!holds(high)) return Number.POSITIVE_INFINITY;
  let low = Math.ceil(high / 2);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/**
 * The capacity of a text of this many tokens under a profile: the payload that is fully decoded, and detected at
 * level α, in at least a share `success` of texts in which every usable token has the hit rate that the bias gives on
 * evenly split probability. Schemes that assign their digits or symbols by the previous token are assumed to have 128
 * such contexts in effect, as in English: with few contexts some digits are rare. For EXP and SynthID-Text it is a
 * rough guide for about one nat of entropy per token.
 *
 * @throws {WatermarkError} `ERR_RANGE` for options out of range, `ERR_ARGUMENT` for one that does not exist
 * @see Kirchenbauer et al. 2023, theorem 4.2 (spike entropy)
 */
export function profileCapacity(profile: Profile, options: CapacityOptions): Capacity {
  const {
    tokens: length,
    usable = 1,
    spikeEntropy,
    success = 0.95,
    alpha = 1e-3,
    ...rest
  } = optionsOf("capacity", options);
  refuseUnknown("capacity", rest);
  const tokens = real("capacity", "tokens", length, { min: 0, max: 2 ** 31 });
  real("capacity", "usable", usable, { min: 1e-6, max: 1 });
  real("capacity", "success", success, { min: 0.01, max: 0.9999 });
  real("capacity", "alpha", alpha, { min: Number.MIN_VALUE, max: 0.5 });
  const kind = kindOf(profile);
  const shape = kind.shape(profile, spikeEntropy);
  const isMarked = shape.rate > shape.mass;
  const needed = isMarked
    ? smallest(mostTokens, (n) => fits(shape, n, success, alpha))
    : Number.POSITIVE_INFINITY;
  const available = Math.min(mostTokens, Math.floor(tokens * usable));
  const isTooMany = (bits: number) =>
    !fits(kind.shape(profile, spikeEntropy, bits), available, success, alpha);
  const carries = isMarked && shape.rivals > 0 && available > 0;
  const bits = carries ? Math.min(mostBits, smallest(mostBits, isTooMany) - 1) : 0;
  return { hitRate: shape.rate, bits, tokensNeeded: Math.ceil(needed / usable) };
}

/**
 * Refuses a payload that a text of `maxTokens` cannot carry.
 *
 * @throws {WatermarkError} `ERR_CAPACITY` with the number of tokens needed
 */
export function checkFit(profile: Profile, maxTokens: number): void {
  if (!("message_bits" in profile)) return;
  const { message_bits: bits } = profile;
  const usable = profileCapacity(profile, { tokens: maxTokens }).tokensNeeded;
  const needed = kindOf(profile).textTokens?.(profile, usable) ?? usable;
  if (maxTokens >= needed) return;
  throw new WatermarkError(
    "ERR_CAPACITY",
    `capacity: ${bits} bits need ${needed} tokens, the text will have ${maxTokens}`,
    { fields: { bits, needed, got: maxTokens } },
  );
}
