import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { iterableOf, real } from "./errors";

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** Uniform numbers in [0, 1), the same for the same seed. @param seed an integer; its low 32 bits are used */
export function seededRandom(seed: number): Random {
  real("seededRandom", "seed", seed);
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** An integer from 0 to `below` − 1. */
export const drawInteger = (random: Random, below: number): number => Math.floor(random() * below);

/** The items in random order; the input is not changed (Fisher and Yates). */
export function shuffled<T>(items: Iterable<T>, random: Random): T[] {
  iterableOf("shuffled", "items", items);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = drawInteger(random, i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
