import { listOf } from "../errors";

/** Expected hit rate when the favoured set has probability `mass`: g e^δ/(1 − g + g e^δ). */
export const hitRate = (mass: number, bias: number): number => {
  const lifted = mass * Math.exp(Math.min(bias, 700));
  return lifted / (1 - mass + lifted);
};

/**
 * S(p, z) = Σ p_k/(1 + z p_k) with z = (1 − γ)(e^δ − 1)/(1 − γ + γ e^δ): how evenly a distribution
 * can be marked. Largest (near 1) for flat distributions, smallest for certain next tokens.
 *
 * @param probabilities sum to 1
 * @see Kirchenbauer et al. 2023 (2301.10226), definition 4.1
 */
export function spikeEntropy(
  probabilities: ArrayLike<number>,
  greenlistRatio: number,
  bias: number,
): number {
  listOf("spikeEntropy", "probabilities", probabilities);
  const lift = Math.exp(Math.min(bias, 700));
  const modulus =
    ((1 - greenlistRatio) * (lift - 1)) / (1 - greenlistRatio + greenlistRatio * lift);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++)
    sum += probabilities[i]! / (1 + modulus * probabilities[i]!);
  return sum;
}
