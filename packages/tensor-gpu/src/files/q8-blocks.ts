/** @file GGML's Q8_0: blocks of 32 numbers, a float16 scale and 32 signed bytes. */
import { fromFloat16 } from "./casts";

/** Numbers of a block. */
export const Q8_BLOCK = 32;
/** Bytes of a block. */
export const Q8_BLOCK_BYTES = 34;

/**
 * Widens blocks to float32: scale · byte.
 * @param blocks whole blocks
 * @param out 32 numbers per block
 */
export function fromQ8Blocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const count = blocks.length / Q8_BLOCK_BYTES;
  const codes = new Uint16Array(count);
  for (let b = 0; b < count; b++)
    codes[b] = blocks[b * Q8_BLOCK_BYTES]! | (blocks[b * Q8_BLOCK_BYTES + 1]! << 8);
  const scales = fromFloat16(codes);
  const signed = new Int8Array(blocks.buffer, blocks.byteOffset, blocks.length);
  for (let b = 0; b < count; b++) {
    const at = b * Q8_BLOCK_BYTES + 2;
    for (let i = 0; i < Q8_BLOCK; i++) out[b * Q8_BLOCK + i] = scales[b]! * signed[at + i]!;
  }
  return out;
}
