/**
 * @file GGML's Q4_K, Q5_K and Q6_K: blocks of 256 numbers in groups with scales of their own, which the block's float16
 * numbers scale again.
 */
import { scalesOf } from "./nibble-blocks";

/** Numbers of a block. */
export const K_BLOCK = 256;
/** Bytes of a block of Q4_K: two float16 numbers, 8 scales and 8 minima of 6 bits, 256 nibbles. */
export const Q4K_BLOCK_BYTES = 144;
/** Bytes of a block of Q5_K: as Q4_K, with 256 fifth bits before the nibbles. */
export const Q5K_BLOCK_BYTES = 176;
/** Bytes of a block of Q6_K: 256 nibbles, 256 pairs of upper bits, 16 signed scales, a float16 number. */
export const Q6K_BLOCK_BYTES = 210;

/** The types of these blocks. */
export type KType = "Q4_K" | "Q5_K" | "Q6_K";

const SCALES = 4;
const { fround } = Math;

/** Scale and minimum of group `j` of 8, from the 12 bytes at `at` that hold them in 6 bits each. */
function groupOf(blocks: Uint8Array, at: number, j: number): [scale: number, minimum: number] {
  if (j < 4) return [blocks[at + j]! & 63, blocks[at + j + 4]! & 63];
  const low = blocks[at + j + 4]!;
  return [
    (low & 15) | ((blocks[at + j - 4]! >> 6) << 4),
    (low >> 4) | ((blocks[at + j]! >> 6) << 4),
  ];
}

/** Widens blocks with scales and minima; `fifthBits` is where a block's fifth bits stand, if it has any. */
function fromScaledGroups(
  blocks: Uint8Array,
  out: Float32Array,
  blockBytes: number,
  fifthBits: number | undefined,
): Float32Array {
  const scales = scalesOf(blocks, blockBytes, 0);
  const minima = scalesOf(blocks, blockBytes, 2);
  for (let b = 0; b < scales.length; b++) {
    const block = b * blockBytes;
    const nibbles = block + blockBytes - K_BLOCK / 2;
    for (let j = 0; j < 8; j++) {
      const [scale, minimum] = groupOf(blocks, block + SCALES, j);
      const [step, least] = [fround(scales[b]! * scale), fround(minima[b]! * minimum)];
      const [from, shift] = [nibbles + 32 * (j >> 1), 4 * (j & 1)];
      for (let i = 0; i < 32; i++) {
        let level = (blocks[from + i]! >> shift) & 15;
        if (fifthBits !== undefined) level |= ((blocks[block + fifthBits + i]! >> j) & 1) << 4;
        out[b * K_BLOCK + 32 * j + i] = fround(step * level) - least;
      }
    }
  }
  return out;
}

/**
 * Widens blocks of Q4_K to float32: scale · nibble - minimum, per group of 32.
 * @param out 256 numbers per block
 */
export const fromQ4KBlocks = (blocks: Uint8Array, out: Float32Array): Float32Array =>
  fromScaledGroups(blocks, out, Q4K_BLOCK_BYTES, undefined);

/**
 * Widens blocks of Q5_K to float32: scale · level - minimum, per group of 32, levels of 5 bits.
 * @param out 256 numbers per block
 */
export const fromQ5KBlocks = (blocks: Uint8Array, out: Float32Array): Float32Array =>
  fromScaledGroups(blocks, out, Q5K_BLOCK_BYTES, 16);

/**
 * Widens blocks of Q6_K to float32: scale · (level - 32), per group of 16, levels of 6 bits.
 * @param out 256 numbers per block
 */
export function fromQ6KBlocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const factors = scalesOf(blocks, Q6K_BLOCK_BYTES, 208);
  const signed = new Int8Array(blocks.buffer, blocks.byteOffset, blocks.length);
  for (let b = 0; b < factors.length; b++) {
    const block = b * Q6K_BLOCK_BYTES;
    for (let i = 0; i < K_BLOCK; i++) {
      // Each half of a block holds four rows of 32: two in low nibbles, two in high ones.
      const [half, row, column] = [i >> 7, (i >> 5) & 3, i & 31];
      const nibble = blocks[block + 64 * half + 32 * (row & 1) + column]! >> (4 * (row >> 1));
      const upper = blocks[block + 128 + 32 * half + column]! >> (2 * row);
      const level = ((nibble & 15) | ((upper & 3) << 4)) - 32;
      const scale = fround(factors[b]! * signed[block + 192 + (i >> 4)]!);
      out[b * K_BLOCK + i] = scale * level;
    }
  }
  return out;
}
