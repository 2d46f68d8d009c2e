/**
 * A cyclic redundancy check over bits, most significant first: CRC-8 (polynomial 0x07) or CRC-16
 * (CCITT, polynomial 0x1021, start 0xffff).
 *
 * @returns the check value
 */
export function crcOfBits(bits: ArrayLike<number>, width: 8 | 16): number {
  const polynomial = width === 8 ? 0x07 : 0x1021;
  const mask = 2 ** width - 1;
  let register = width === 8 ? 0 : 0xffff;
  for (let i = 0; i < bits.length; i++) {
    const feedback = ((register >>> (width - 1)) & 1) ^ bits[i]!;
    register = (register << 1) & mask;
    if (feedback) register ^= polynomial;
  }
  return register;
}
