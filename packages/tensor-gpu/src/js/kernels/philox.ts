const ROUNDS = 10;
const WORD = 2 ** 32;
const [MULTIPLIER_A, MULTIPLIER_B] = [0xd2511f53, 0xcd9e8d57];
const [WEYL_A, WEYL_B] = [0x9e3779b9, 0xbb67ae85];

/** Upper 32 bits of the product of two unsigned words, computed from 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + (((middle & 0xffff) + aLow * bHigh) >>> 16);
}

/**
 * The four 32-bit words of one block of Philox 4x32-10.
 *
 * @param seed integer of at most 53 bits, whose low and high word are the key
 * @param block number of the block, an integer of at most 53 bits: counter words 0 and 1 (2 and 3 are 0)
 * @see Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3
 */
export function philox(seed: number, block: number): [number, number, number, number] {
  let [keyA, keyB] = [seed >>> 0, Math.floor(seed / WORD) >>> 0];
  let [c0, c1, c2, c3] = [block >>> 0, Math.floor(block / WORD) >>> 0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const [highA, lowA] = [multiplyHigh(MULTIPLIER_A, c0), Math.imul(MULTIPLIER_A, c0) >>> 0];
    const [highB, lowB] = [multiplyHigh(MULTIPLIER_B, c2), Math.imul(MULTIPLIER_B, c2) >>> 0];
    [c0, c1, c2, c3] = [(highB ^ c1 ^ keyA) >>> 0, lowB, (highA ^ c3 ^ keyB) >>> 0, lowA];
    keyA = (keyA + WEYL_A) >>> 0;
    keyB = (keyB + WEYL_B) >>> 0;
  }
  return [c0, c1, c2, c3];
}
