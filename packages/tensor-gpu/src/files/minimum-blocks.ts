/** @file GGML's Q4_1 and Q5_1: blocks of 32 numbers, a float16 scale and minimum, and whole numbers of 4 or 5 bits from 0 on. */
import { scalesOf } from "./nibble-blocks";

/** Bytes of a block of Q4_1: scale and minimum, then 32 nibbles. */
export const Q4_1_BLOCK_BYTES = 20;
/** Bytes of a block of Q5_1: scale and minimum, 32 fifth bits, then 32 nibbles. */
export const Q5_1_BLOCK_BYTES = 24;

const { fround } = Math;

function fromLevels(blocks: Uint8Array, out: Float32Array, blockBytes: number): Float32Array {
  const [scales, minima] = [scalesOf(blocks, blockBytes, 0), scalesOf(blocks, blockBytes, 2)];
  for (let b = 0; b < scales.length; b++) {
    const [scale, minimum] = [scales[b]!, minima[b]!];
    const fifthBits = b * blockBytes + 4;
    const nibbles = (b + 1) * blockBytes - 16;
    for (let i = 0; i < 32; i++) {
      let level = (blocks[nibbles + (i & 15)]! >> (4 * (i >> 4))) & 15;
      if (blockBytes === Q5_1_BLOCK_BYTES)
        level |= ((blocks[fifthBits + (i >> 3)]! >> (i & 7)) & 1) << 4;
      out[b * 32 + i] = fround(scale * level) + minimum;
    }
  }
  return out;
}

/**
 * Widens blocks of Q4_1 to float32: scale · nibble + minimum. Low nibbles hold the first half of a block.
 * @param out 32 numbers per block
 */
export const fromQ41Blocks = (blocks: Uint8Array, out: Float32Array): Float32Array =>
  fromLevels(blocks, out, Q4_1_BLOCK_BYTES);

/**
 * Widens blocks of Q5_1 to float32: scale · (nibble + 16 · fifth bit) + minimum.
 * @param out 32 numbers per block
 */
export const fromQ51Blocks = (blocks: Uint8Array, out: Float32Array): Float32Array =>
  fromLevels(blocks, out, Q5_1_BLOCK_BYTES);
