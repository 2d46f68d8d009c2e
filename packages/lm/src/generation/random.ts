import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { functionOf, LmError, listOf, whole } from "../errors";

/** A random stream whose position can be stored and restored. */
export interface Random {
  /** The next number, uniform in [0, 1), a multiple of 2⁻⁵³. Bound: may be passed on as `random: () => number`. */
  next(): number;
  /** The complete state as four int32, ready for JSON. */
  state(): number[];
  /** Restores the stream to the position at which {@link Random.state} was read. */
  restore(state: readonly number[]): void;
}

/** The 32-bit finaliser of MurmurHash3: every input bit changes about half of the output bits. */
function mix32(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function seedState(parts: readonly number[]): number[] {
  const state = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667]; // digits of phi, pi, e and sqrt 2
  for (const part of parts)
    for (const word of [part | 0, Math.floor(part / 2 ** 32) | 0])
      for (let lane = 0; lane < 4; lane++)
        state[lane] =
          mix32(state[lane]! ^ Math.imul(word, 2 * lane + 1)) + Math.imul(lane, word) + 1;
  return state.map((word, lane) => mix32(word + lane));
}

/**
 * Returns a seeded random stream (xoroshiro128+). Nearby seeds give unrelated streams, and several numbers may be
 * given, for example a seed and an epoch.
 *
 * @param seed a safe integer, or a non-empty list of them
 * @throws {LmError} `ERR_RANGE` when a seed is not a safe integer; `ERR_FORMAT` when a restored state is not four int32
 * @see Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021
 */
export function createRandom(seed: number | readonly number[]): Random {
  const parts = typeof seed === "number" ? [seed] : listOf("createRandom", "seed", seed);
  if (parts.length === 0 || !parts.every(Number.isSafeInteger))
    throw new LmError("ERR_RANGE", `lm/createRandom: seed must be safe integers, got ${seed}`, {
      fields: { seed },
    });
  let generator = xoroshiro128plusFromState(seedState(parts));
  return {
    next: () => uniformFloat64(generator),
    state: () => [...generator.getState()],
    restore(state) {
      const isState =
        state.length === 4 &&
        state.every((word) => word === (word | 0)) &&
        state.some((word) => word !== 0);
      if (!isState)
        throw new LmError("ERR_FORMAT", "lm/createRandom: a state is four int32, not all zero", {
          fields: { state },
        });
      generator = xoroshiro128plusFromState(state);
    },
  };
}

/**
 * Returns a uniformly random order of 0 … length − 1 (Fisher–Yates, drawn from the end).
 *
 * @param length number of items, at least 0
 * @param random uniform in [0, 1)
 * @returns shape [length]
 */
export function permutation(length: number, random: () => number): Uint32Array {
  whole("permutation", "length", length, { min: 0 });
  functionOf("permutation", "random", random);
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}
