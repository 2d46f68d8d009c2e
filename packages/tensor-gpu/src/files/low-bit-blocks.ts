/**
 * @file GGML's Q2_K and Q3_K: blocks of 256 numbers in groups of 16 with scales of their own, which the block's float16 numbers
 * scale again. Each half of a block has 32 bytes of pairs of bits: four rows of 32 numbers, the first in the lowest bits.
 */
import { K_BLOCK } from "./k-blocks";
import { scalesOf } from "./nibble-blocks";

/** Bytes of a block of Q2_K: 16 pairs of a scale and a minimum of 4 bits, 256 pairs of bits, two float16 numbers. */
export const Q2K_BLOCK_BYTES = 84;
/** Bytes of a block of Q3_K: 256 third bits, 256 pairs of bits, 16 scales of 6 bits, a float16 number. */
export const Q3K_BLOCK_BYTES = 110;

const { fround } = Math;

/** The two bits of number `i`, where the pairs of its block begin at `at`. */
const pairOf = (blocks: Uint8Array, at: number, i: number): number =>
  (blocks[at + 32 * (i >> 7) + (i & 31)]! >> (2 * ((i >> 5) & 3))) & 3;

/**
 * Widens blocks of Q2_K to float32: scale · level - minimum, per group of 16, levels of 2 bits.
 * @param out 256 numbers per block
 */
export function fromQ2KBlocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const scales = scalesOf(blocks, Q2K_BLOCK_BYTES, 80);
  const minima = scalesOf(blocks, Q2K_BLOCK_BYTES, 82);
  for (let b = 0; b < scales.length; b++) {
    const block = b * Q2K_BLOCK_BYTES;
    for (let group = 0; group < 16; group++) {
      const own = blocks[block + group]!;
      const [step, least] = [fround(scales[b]! * (own & 15)), fround(minima[b]! * (own >> 4))];
      for (let i = 16 * group; i < 16 * group + 16; i++)
        out[b * K_BLOCK + i] = fround(step * pairOf(blocks, block + 16, i)) - least;
    }
  }
  return out;
}

/** The scale of group `group` of 16 around 0, from the 12 bytes at `at`: nibbles in 8 bytes, upper pairs of bits in 4. */
function scaleOf(blocks: Uint8Array, at: number, group: number): number {
  const nibble = (blocks[at + (group & 7)]! >> (4 * (group >> 3))) & 15;
  const upper = (blocks[at + 8 + (group & 3)]! >> (2 * (group >> 2))) & 3;
  return (nibble | (upper << 4)) - 32;
}

/**
 * Widens blocks of Q3_K to float32: scale · level, per group of 16, levels of 3 bits around 0.
 * @param out 256 numbers per block
 */
export function fromQ3KBlocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const factors = scalesOf(blocks, Q3K_BLOCK_BYTES, 108);
  for (let b = 0; b < factors.length; b++) {
    const block = b * Q3K_BLOCK_BYTES;
    for (let group = 0; group < 16; group++) {
      const step = fround(factors[b]! * scaleOf(blocks, block + 96, group));
      for (let i = 16 * group; i < 16 * group + 16; i++) {
        const isUpper = (blocks[block + (i & 31)]! >> (i >> 5)) & 1;
        out[b * K_BLOCK + i] = step * (pairOf(blocks, block + 32, i) - (isUpper ? 0 : 4));
      }
    }
  }
  return out;
}
