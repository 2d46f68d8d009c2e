/** @file Sizes around edges, drawn by fast-check: always the same, so that every backend sees them. */
import fc from "fast-check";

const SEED = 20_260_101;

/** Each size, the one before and the one after. */
export const around = (...sizes: number[]) => sizes.flatMap((n) => [n - 1, n, n + 1]);

/** The draws of a property from a fixed seed. */
export const drawn = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns });
