import { WatermarkError } from "../errors";
import { tailQuantile } from "../statistics/normal";

/** The capacity of a text. */
export interface Capacity {
  /** Expected share of hits among usable tokens. */
  hitRate: number;
  /** Largest number of bits that is decoded right half of the time. */
  bits: number;
  /** Tokens needed for the profile's own payload (0 bits for presence-only schemes). */
  tokensNeeded: number;
}

/** Options of `capacity`. */
export interface CapacityOptions {
  /** Tokens that will be generated after any unmarked start. */
  tokens: number;
  /** Share of positions where the mark has a choice, in (0, 1]. Default 1. */
  usable?: number;
  /**
   * Mean spike entropy of the model, from `spikeEntropy`; when given, the expected hit rate is the
   * lower bound gamma·e^delta/(1 − gamma + gamma·e^delta)·S.
   */
  spikeEntropy?: number;
}

/** Expected hit rate when the favoured set has probability `mass`: g e^δ/(1 − g + g e^δ). */
export const hitRate = (mass: number, bias: number): number => {
  const lifted = mass * Math.exp(Math.min(bias, 700));
  return lifted / (1 - mass + lifted);
};

/**
 * S(p, z) = Σ p_k/(1 + z p_k) with z = (1 − γ)(e^δ − 1)/(1 − γ + γ e^δ): how evenly a distribution
 * can be marked. Largest (near 1) for flat, smallest for certain next tokens.
 *
 * @param probabilities sum to 1
 * @see Kirchenbauer et al. 2023 (2301.10226), definition 4.1
 */
export function spikeEntropy(
  probabilities: ArrayLike<number>,
  greenlistRatio: number,
  bias: number,
): number {
  const lift = Math.exp(Math.min(bias, 700));
  const modulus =
    ((1 - greenlistRatio) * (lift - 1)) / (1 - greenlistRatio + greenlistRatio * lift);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++)
    sum += probabilities[i]! / (1 + modulus * probabilities[i]!);
  return sum;
}

/**
 * Bits that the best of 2^b random rivals beats half of the time: the z with P(Z ≥ z) = 2^−b must be
 * (p₁ − g)√n/√(g(1 − g)).
 *
 * @param n scored tokens
 * @param rate hit rate of the true message
 * @param mass hit rate of a wrong one
 */
export function decodableBits(n: number, rate: number, mass: number): number {
  const z = ((rate - mass) * Math.sqrt(n)) / Math.sqrt(mass * (1 - mass));
  let bits = 0;
  while (bits < 1000 && tailQuantile(2 ** -(bits + 1)) <= z) bits++;
  return bits;
}

/** Tokens for `bits`, the inverse of `decodableBits`; Infinity when the mark has no effect. */
export function tokensForBits(bits: number, rate: number, mass: number): number {
  if (bits === 0) return 0;
  const gain = (rate - mass) / Math.sqrt(mass * (1 - mass));
  return gain > 0 ? Math.ceil((tailQuantile(2 ** -bits) / gain) ** 2) : Number.POSITIVE_INFINITY;
}

/**
 * @throws {WatermarkError} `ERR_CAPACITY` with the tokens that would be needed
 */
export function requireCapacity(bits: number, tokens: number, needed: number): void {
  if (tokens < needed)
    throw new WatermarkError(
      "ERR_CAPACITY",
      `capacity: ${bits} bits need ${needed} tokens, the text will have ${tokens}`,
      { fields: { bits, needed, got: tokens } },
    );
}
