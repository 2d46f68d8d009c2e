/** @file GGML's IQ4_NL and IQ4_XS: a scale times one of 16 levels, which lie closer together around zero. */
import { K_BLOCK } from "./k-blocks";
import { scalesOf } from "./nibble-blocks";

/** Bytes of a block of IQ4_NL: a float16 scale, then 32 nibbles. */
export const IQ4NL_BLOCK_BYTES = 18;
/** Bytes of a block of IQ4_XS: a float16 number, 8 scales of 6 bits (upper bits, lower bits), then 256 nibbles. */
export const IQ4XS_BLOCK_BYTES = 136;

/** The levels; the table `kvalues_iq4nl` of ggml. */
const LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/** 32 numbers from the 16 bytes at `from`; low nibbles hold the first half. */
function putGroup(
  blocks: Uint8Array,
  from: number,
  scale: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < 16; i++) {
    const pair = blocks[from + i]!;
    out[to + i] = scale * LEVELS[pair & 15]!;
    out[to + i + 16] = scale * LEVELS[pair >> 4]!;
  }
}

/**
 * Widens blocks of IQ4_NL to float32: scale · level.
 * @param out 32 numbers per block
 */
export function fromIQ4NLBlocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const scales = scalesOf(blocks, IQ4NL_BLOCK_BYTES, 0);
  for (let b = 0; b < scales.length; b++)
    putGroup(blocks, b * IQ4NL_BLOCK_BYTES + 2, scales[b]!, out, 32 * b);
  return out;
}

/**
 * Widens blocks of IQ4_XS to float32: scale · level, per group of 32.
 * @param out 256 numbers per block
 */
export function fromIQ4XSBlocks(blocks: Uint8Array, out: Float32Array): Float32Array {
  const factors = scalesOf(blocks, IQ4XS_BLOCK_BYTES, 0);
  for (let b = 0; b < factors.length; b++) {
    const block = b * IQ4XS_BLOCK_BYTES;
    for (let group = 0; group < 8; group++) {
      const low = (blocks[block + 4 + (group >> 1)]! >> (4 * (group & 1))) & 15;
      const high = (blocks[block + 2 + (group >> 2)]! >> (2 * (group & 3))) & 3;
      const scale = Math.fround(factors[b]! * ((low | (high << 4)) - 32));
      putGroup(blocks, block + 8 + 16 * group, scale, out, K_BLOCK * b + 32 * group);
    }
  }
  return out;
}
