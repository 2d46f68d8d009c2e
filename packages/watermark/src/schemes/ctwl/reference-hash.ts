/**
 * @file The hashes of the published CTWL code, bit for bit, in halves of 32 bits. They are public and
 * unkeyed: for comparison only.
 * @see Wang et al. 2024 (2307.15992), official code
 */
import { fromBigInt, type Hash64, toBigInt } from "../../prf/lcg64";

const primes = [11400714785074694791n, 14029467366897019727n, 2870177450012600261n] as const;
const wrap = (x: bigint) => BigInt.asUintN(64, x);

/** CPython's hash of a tuple of non-negative integers, as a signed 64-bit integer. */
export function tupleHash(items: readonly number[]): bigint {
  const [p1, p2, p5] = primes;
  let accumulator: bigint = p5;
  for (const item of items) {
    accumulator = wrap(accumulator + BigInt(item) * p2);
    accumulator = wrap((accumulator << 31n) | (accumulator >> 33n));
    accumulator = wrap(accumulator * p1);
  }
  return BigInt.asIntN(64, accumulator + (BigInt(items.length) ^ (p5 ^ 3527539n)));
}

/** k += k << s, in place. */
function step(k: Hash64, shift: number): void {
  const low = k.low << shift;
  const high = (k.high << shift) | (k.low >>> (32 - shift));
  plus(k, low, high);
}

function plus(k: Hash64, low: number, high: number): void {
  const sum = (k.low >>> 0) + (low >>> 0);
  k.high = (k.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
  k.low = sum | 0;
}

function xorShift(k: Hash64, shift: number): void {
  const low = (k.low >>> shift) | (k.high << (32 - shift));
  k.low ^= low;
  k.high ^= k.high >> shift;
}

/** k + k·2^s + k·2^t, in place. */
function spread(k: Hash64, s: number, t: number): void {
  const { low, high } = k;
  plus(k, low << s, (high << s) | (low >>> (32 - s)));
  plus(k, low << t, (high << t) | (low >>> (32 - t)));
}

/** Thomas Wang's 64-bit mix with signed arithmetic shifts, in place. */
function wangMix(k: Hash64): void {
  const { low, high } = k;
  k.low = ~low;
  k.high = ~high;
  plus(k, low << 21, (high << 21) | (low >>> 11));
  xorShift(k, 24);
  spread(k, 3, 8);
  xorShift(k, 14);
  spread(k, 2, 4);
  xorShift(k, 28);
  step(k, 31);
}

/** The mix of a BigInt, as a signed BigInt. */
export function wangMixBigInt(x: bigint): bigint {
  const k = fromBigInt(x);
  wangMix(k);
  return toBigInt(k);
}

/** K(m) = H((seed mod 2^(32−L))·2^L + m), floored modulo. */
export function messageKey(seed: bigint, bits: number, message: number): bigint {
  const classes = 1n << BigInt(32 - bits);
  const residue = ((seed % classes) + classes) % classes;
  return wangMixBigInt((residue << BigInt(bits)) + BigInt(message));
}

/** Partition seed H(seed·R + j). */
export const partitionSeed = (seed: bigint, partitions: number, j: number): bigint =>
  wangMixBigInt(BigInt.asIntN(64, seed * BigInt(partitions) + BigInt(j)));

/** Vanilla bit H(K·100000 + v) mod 2. */
export function vanillaBit(key: bigint, token: number): number {
  const k = fromBigInt(key * 100000n + BigInt(token));
  wangMix(k);
  return k.low & 1;
}

/** The sort keys H(key·|V| + v) of all tokens. */
export function orderKeys(key: bigint, vocabSize: number): { low: Uint32Array; high: Int32Array } {
  const base = fromBigInt(key * BigInt(vocabSize));
  const low = new Uint32Array(vocabSize);
  const high = new Int32Array(vocabSize);
  const k: Hash64 = { low: 0, high: 0 };
  for (let v = 0; v < vocabSize; v++) {
    k.low = base.low;
    k.high = base.high;
    plus(k, v, 0);
    wangMix(k);
    low[v] = k.low;
    high[v] = k.high;
  }
  return { low, high };
}

/** The vocabulary in the stable ascending order of its sort keys, shape [vocabSize]. */
export function tokenOrder(key: bigint, vocabSize: number): Int32Array {
  const { low, high } = orderKeys(key, vocabSize);
  return Int32Array.from({ length: vocabSize }, (_, v) => v).sort(
    (a, b) => high[a]! - high[b]! || low[a]! - low[b]! || a - b,
  );
}
