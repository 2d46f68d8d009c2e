/** @file SipHash-2-4 on 32-bit integers, in 32-bit halves: a keyed PRF that costs about a microsecond. */

/** A 128-bit SipHash key as four little-endian 32-bit words. */
export type SipKey = readonly [number, number, number, number];

/** Sixty-four pseudo-random bits as two unsigned 32-bit words, low word first. */
export type Seed = readonly [number, number];

const state = new Int32Array(8); // v0 low, v0 high, v1 low, ...

/** state[a] += state[b] (64-bit), for word-pair indices a and b. */
function add(a: number, b: number): void {
  const low = (state[a]! >>> 0) + (state[b]! >>> 0);
  state[a + 1] = (state[a + 1]! + state[b + 1]! + (low > 0xffffffff ? 1 : 0)) | 0;
  state[a] = low | 0;
}

/** state[a] = rotl(state[a], n) ^ state[b], for n below 32. */
function rotateXor(a: number, n: number, b: number): void {
  const low = state[a]!;
  const high = state[a + 1]!;
  state[a] = ((low << n) | (high >>> (32 - n))) ^ state[b]!;
  state[a + 1] = ((high << n) | (low >>> (32 - n))) ^ state[b + 1]!;
}

function swapHalves(a: number): void {
  const low = state[a]!;
  state[a] = state[a + 1]!;
  state[a + 1] = low;
}

function round(): void {
  add(0, 2);
  rotateXor(2, 13, 0);
  swapHalves(0);
  add(4, 6);
  rotateXor(6, 16, 4);
  add(0, 6);
  rotateXor(6, 21, 0);
  add(4, 2);
  rotateXor(2, 17, 4);
  swapHalves(4);
}

function absorb(low: number, high: number): void {
  state[6] = state[6]! ^ low;
  state[7] = state[7]! ^ high;
  round();
  round();
  state[0] = state[0]! ^ low;
  state[1] = state[1]! ^ high;
}

/**
 * SipHash-2-4 of `words`, each taken as four little-endian bytes.
 *
 * @param key 128 bits
 * @param words 32-bit integers, any count
 * @returns the 64-bit hash, low word first
 * @see Aumasson and Bernstein 2012
 */
export function sipHash(key: SipKey, words: ArrayLike<number>): Seed {
  const [k0, k1, k2, k3] = key;
  state[0] = k0 ^ 0x70736575;
  state[1] = k1 ^ 0x736f6d65;
  state[2] = k2 ^ 0x6e646f6d;
  state[3] = k3 ^ 0x646f7261;
  state[4] = k0 ^ 0x6e657261;
  state[5] = k1 ^ 0x6c796765;
  state[6] = k2 ^ 0x79746573;
  state[7] = k3 ^ 0x74656462;
  const length = words.length;
  const even = length - (length % 2);
  for (let i = 0; i < even; i += 2) absorb(words[i]! | 0, words[i + 1]! | 0);
  // The last block holds what is left and, in its top byte, the length in bytes.
  absorb(length % 2 ? words[length - 1]! | 0 : 0, ((length * 4) & 0xff) << 24);
  state[4] = state[4]! ^ 0xff;
  for (let i = 0; i < 4; i++) round();
  return [
    (state[0]! ^ state[2]! ^ state[4]! ^ state[6]!) >>> 0,
    (state[1]! ^ state[3]! ^ state[5]! ^ state[7]!) >>> 0,
  ];
}
