/** FNV-1a over UTF-16 units, then the finaliser of MurmurHash3: 32 bits, well spread. */
function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 255), 0x01000193);
    h = Math.imul(h ^ (unit >> 8), 0x01000193);
  }
  return mix(h);
}

/** The finaliser of MurmurHash3: a permutation of 32-bit numbers. */
function mix(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The smallest hash of a set under each of `permutations` hash functions. The share of equal places in two signatures
 * estimates the Jaccard index of the sets, with standard error √(J (1 − J) / permutations).
 *
 * @param seed of the hash functions
 * @see Broder 1997
 */
export function minHash(items: Iterable<string>, permutations: number, seed = 0): Uint32Array {
  const signature = new Uint32Array(permutations).fill(0xffffffff);
  const keys = Uint32Array.from({ length: 2 * permutations }, (_, i) =>
    mix(i + 1 + Math.imul(seed, 0x9e3779b9)),
  );
  for (const item of items) {
    const base = hash32(item);
    for (let p = 0; p < permutations; p++) {
      const h = mix(Math.imul(base ^ keys[2 * p]!, keys[2 * p + 1]! | 1));
      if (h < signature[p]!) signature[p] = h;
    }
  }
  return signature;
}

/** The share of equal places: an estimate of the Jaccard index. */
export function estimateJaccard(a: Uint32Array, b: Uint32Array): number {
  let equal = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++;
  return equal / a.length;
}
