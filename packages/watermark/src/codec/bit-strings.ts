/** @file Bits as arrays of zeros and ones, most significant first. */

/** The integer that `bits[start..end)` represent, most significant bit first; at most 52 bits. */
export function bitsToInteger(bits: ArrayLike<number>, start = 0, end = bits.length): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 2 + bits[i]!;
  return value;
}

/** `count` bits of `value`, most significant first; `value` below 2^52. */
export function integerToBits(value: number, count: number): Uint8Array {
  const bits = new Uint8Array(count);
  for (let i = count - 1, rest = value; i >= 0; i--) {
    bits[i] = rest % 2;
    rest = Math.floor(rest / 2);
  }
  return bits;
}
