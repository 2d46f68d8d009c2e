import { tailQuantile } from "../statistics/normal";

/**
 * The number of bits b at which the best of 2^b random rivals wins half of the time: the z with P(Z ≥ z) = 2^−b must
 * be (p₁ − g)√n/√(g(1 − g)).
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

/** Number of tokens needed for `bits`, the inverse of `decodableBits`; Infinity when the mark has no effect. */
export function tokensForBits(bits: number, rate: number, mass: number): number {
  if (bits === 0) return 0;
  const gain = (rate - mass) / Math.sqrt(mass * (1 - mass));
  return gain > 0 ? Math.ceil((tailQuantile(2 ** -bits) / gain) ** 2) : Number.POSITIVE_INFINITY;
}
