import { createRandom, permutation } from "@deepgrain/lm";

/** The items in an order that follows from the seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = permutation(items.length, createRandom(seed).next);
  return Array.from(order, (i) => items[i]!);
}
