/**
 * @file The 64-bit linear congruential hash of SynthID-Text: h ← (h + x)·6364136223846793005 + 1,
 * in 32-bit halves. It is not cryptographically secure; only the compatibility modes use it.
 */

/** A mutable 64-bit state, as two signed 32-bit halves. */
export interface Hash64 {
  low: number;
  high: number;
}

const multiplierLow = 0x4c957f2d;
const multiplierHigh = 0x5851f42d;

/** The high 32 bits of the unsigned product of two 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = a0 * b1 + (middle % 65536);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(carry / 65536)) | 0;
}

/**
 * Absorbs one integer into the state, in place.
 *
 * @param x a safe integer; negative ones are taken in two's complement
 */
export function absorb(state: Hash64, x: number): void {
  const sum = (state.low >>> 0) + (x >>> 0);
  const low = sum | 0;
  const high = (state.high + Math.floor(x / 2 ** 32) + (sum > 0xffffffff ? 1 : 0)) | 0;
  const productHigh =
    multiplyHigh(low, multiplierLow) +
    Math.imul(low, multiplierHigh) +
    Math.imul(high, multiplierLow);
  const productLow = Math.imul(low, multiplierLow);
  state.low = (productLow + 1) | 0;
  state.high = (productHigh + (productLow === -1 ? 1 : 0)) | 0;
}

/** Shifts the state right arithmetically by 1 to 31 bits, in place. */
export function shiftRight(state: Hash64, bits: number): void {
  state.low = (state.low >>> bits) | (state.high << (32 - bits));
  state.high >>= bits;
}

/** The state, read as a signed integer, modulo `m` below 2^21, rounding down. */
export function floorModulo({ low, high }: Hash64, m: number): number {
  const high32 = ((high % m) + m) % m;
  return (high32 * (2 ** 32 % m) + ((low >>> 0) % m)) % m;
}

/** The state as a signed BigInt. */
export const toBigInt = ({ low, high }: Hash64): bigint =>
  (BigInt(high) << 32n) | BigInt(low >>> 0);

/** The 64-bit state of a BigInt, modulo 2^64. */
export const fromBigInt = (x: bigint): Hash64 => ({
  low: Number(BigInt.asIntN(32, x)),
  high: Number(BigInt.asIntN(32, x >> 32n)),
});
