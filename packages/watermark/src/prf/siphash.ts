/** @file SipHash-2-4 on 32-bit integers, in 32-bit halves: a keyed PRF that costs about a microsecond. */

/** A 128-bit SipHash key as four little-endian 32-bit words. */
export type SipKey = readonly [number, number, number, number];

/** Sixty-four pseudo-random bits as two unsigned 32-bit words, low word first. */
export type Seed = readonly [number, number];

/**
 * SipHash-2-4 of `words`, each taken as four little-endian bytes. One loop serves both the blocks
 * (two rounds each) and the end (four rounds), with the state in local variables for speed.
 *
 * @param key 128 bits
 * @param words 32-bit integers, any count
 * @returns the 64-bit hash, low word first
 * @see Aumasson and Bernstein 2012
 */
export function sipHash([k0, k1, k2, k3]: SipKey, words: ArrayLike<number>): Seed {
  let a = k0 ^ 0x70736575; // v0 = (A, a), high word in capitals
  let A = k1 ^ 0x736f6d65;
  let b = k2 ^ 0x6e646f6d; // v1
  let B = k3 ^ 0x646f7261;
  let c = k0 ^ 0x6e657261; // v2
  let C = k1 ^ 0x6c796765;
  let d = k2 ^ 0x79746573; // v3
  let D = k3 ^ 0x74656462;
  const length = words.length;
  const blocks = (length >> 1) + 1;
  for (let block = 0; block <= blocks; block++) {
    const isEnd = block === blocks;
    const at = 2 * block;
    // The last block holds the remaining bytes and, in its top byte, the length in bytes.
    const low = isEnd || at >= length ? 0 : words[at]! | 0;
    const top = ((length * 4) & 0xff) << 24;
    const high = isEnd ? 0 : at + 1 < length ? words[at + 1]! | 0 : top;
    d ^= low;
    D ^= high;
    if (isEnd) c ^= 0xff;
    for (let round = isEnd ? 4 : 2; round > 0; round--) {
      let sum = (a >>> 0) + (b >>> 0);
      A = (A + B + (sum > 0xffffffff ? 1 : 0)) | 0;
      a = sum | 0;
      let held = ((b << 13) | (B >>> 19)) ^ a;
      B = ((B << 13) | (b >>> 19)) ^ A;
      b = held;
      sum = (c >>> 0) + (d >>> 0);
      C = (C + D + (sum > 0xffffffff ? 1 : 0)) | 0;
      c = sum | 0;
      held = ((d << 16) | (D >>> 16)) ^ c;
      D = ((D << 16) | (d >>> 16)) ^ C;
      d = held;
      // v0 is rotated by 32 here, which swaps its two halves.
      sum = (A >>> 0) + (d >>> 0);
      const high0 = (a + D + (sum > 0xffffffff ? 1 : 0)) | 0;
      a = sum | 0;
      A = high0;
      held = ((d << 21) | (D >>> 11)) ^ a;
      D = ((D << 21) | (d >>> 11)) ^ A;
      d = held;
      sum = (c >>> 0) + (b >>> 0);
      C = (C + B + (sum > 0xffffffff ? 1 : 0)) | 0;
      c = sum | 0;
      held = ((b << 17) | (B >>> 15)) ^ c;
      B = ((B << 17) | (b >>> 15)) ^ C;
      b = held;
      held = c;
      c = C;
      C = held;
    }
    a ^= low;
    A ^= high;
  }
  return [(a ^ b ^ c ^ d) >>> 0, (A ^ B ^ C ^ D) >>> 0];
}
