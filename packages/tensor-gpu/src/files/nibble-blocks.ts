/** @file GGML's Q4_0 and Q5_0: blocks of 32 numbers, a float16 scale and whole numbers of 4 or 5 bits around zero. */
import { fromFloat16 } from "./casts";

/** Bytes of a block of Q4_0: the scale, then 32 nibbles. */
export const Q4_BLOCK_BYTES = 18;
/** Bytes of a block of Q5_0: the scale, 32 fifth bits, then 32 nibbles. */
export const Q5_BLOCK_BYTES = 22;

/** The float16 numbers that stand at `offset` in each block of `blockBytes` bytes. */
export function scalesOf(blocks: Uint8Array, blockBytes: number, offset: number): Float32Array {
  const codes = new Uint16Array(blocks.length / blockBytes);
  for (let b = 0; b < codes.length; b++) {
    const at = b * blockBytes + offset;
    codes[b] = blocks[at]! | (blocks[at + 1]! << 8);
  }
  return fromFloat16(codes);
}

/**
 * Widens blocks of Q4_0 to float32: scale · (nibble - 8). Low nibbles hold the first half of a block.
 * @param out 32 numbers per block
 */
export function fromQ4Blocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const scales = scalesOf(blocks, Q4_BLOCK_BYTES, 0);
  for (let b = 0; b < scales.length; b++) {
    const from = b * Q4_BLOCK_BYTES + 2;
    for (let i = 0; i < 16; i++) {
      const pair = blocks[from + i]!;
      out[b * 32 + i] = scales[b]! * ((pair & 15) - 8);
      out[b * 32 + i + 16] = scales[b]! * ((pair >> 4) - 8);
    }
  }
  return out;
}

/**
 * Widens blocks of Q5_0 to float32: scale · (nibble + 16 · fifth bit - 16).
 * @param out 32 numbers per block
 */
export function fromQ5Blocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const scales = scalesOf(blocks, Q5_BLOCK_BYTES, 0);
  for (let b = 0; b < scales.length; b++) {
    const bits = b * Q5_BLOCK_BYTES + 2;
    const bit = (i: number) => ((blocks[bits + (i >> 3)]! >> (i & 7)) & 1) << 4;
    for (let i = 0; i < 16; i++) {
      const pair = blocks[bits + 4 + i]!;
      out[b * 32 + i] = scales[b]! * (((pair & 15) | bit(i)) - 16);
      out[b * 32 + i + 16] = scales[b]! * (((pair >> 4) | bit(i + 16)) - 16);
    }
  }
  return out;
}
