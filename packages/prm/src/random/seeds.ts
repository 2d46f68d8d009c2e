import { real } from "../errors";

/** FNV-1a over UTF-16 code units, then MurmurHash3's finaliser: a well-spread 32-bit hash of a text. */
export function hashText(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ (text.charCodeAt(i) & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (text.charCodeAt(i) >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The seed of one completion: a hash of the run's seed and what is completed, in [0, 2³¹).
 * A resumed run therefore requests the same completions as an uninterrupted one.
 */
export const completionSeed = (
  seed: number,
  solution: string,
  step: number,
  index: number,
): number => {
  real("completionSeed", "seed", seed);
  return hashText(`${solution}\u0000${step}\u0000${index}`, seed) >>> 1;
};

/** Uniform numbers in [0, 1) from a 32-bit seed (Steele and Vigna's SplitMix32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
