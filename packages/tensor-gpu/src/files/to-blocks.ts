/** @file Numbers as blocks of GGML's Q4_0, Q5_0, Q5_1 and Q8_0, rounded as its reference rounds. */
import { assertKind, fail } from "../errors";
import { toFloat16 } from "./casts";
import { Q4_BLOCK_BYTES, Q5_BLOCK_BYTES } from "./nibble-blocks";
import { Q8_BLOCK, Q8_BLOCK_BYTES } from "./q8-blocks";

const { abs, fround, max, min } = Math;
/** Largest float16. */
const LARGEST_SCALE = 65504;

/** The number of the largest magnitude, the first of equals; NaN or an infinity where there is one. */
function extreme(block: Float32Array): number {
  let top = 0;
  for (const value of block) if (!(abs(value) <= abs(top))) top = value;
  return block.some((value) => !Number.isFinite(value)) ? Number.NaN : top;
}

/** Writes the float16 of a scale. */
function putScale(out: Uint8Array, at: number, scale: number): void {
  const code = toFloat16(Float32Array.of(scale))[0]!;
  out[at] = code & 255;
  out[at + 1] = code >> 8;
}

/**
 * Blocks of Q4_0 or Q5_0: the number of the largest magnitude gets level 0, and the scale is it over −8 or −16.
 * @param values whole blocks of 32
 * @returns undefined where a number is not finite or a scale no float16
 */
export function toNibbleBlocks(values: Float32Array, bits: 4 | 5): Uint8Array | undefined {
  const size = bits === 4 ? Q4_BLOCK_BYTES : Q5_BLOCK_BYTES;
  const half = 2 ** (bits - 1);
  const out = new Uint8Array((values.length / 32) * size);
  for (let b = 0; b < values.length / 32; b++) {
    const block = values.subarray(32 * b, 32 * b + 32);
    const scale = fround(extreme(block) / -half);
    if (!(abs(scale) <= LARGEST_SCALE)) return undefined;
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    const level = (x: number) =>
      max(0, min(2 * half - 1, Math.trunc(fround(fround(x * inverse) + (half + 0.5)))));
    putScale(out, b * size, scale);
    const nibbles = (b + 1) * size - 16;
    for (let i = 0; i < 16; i++) {
      const [low, high] = [level(block[i]!), level(block[i + 16]!)];
      out[nibbles + i] = (low & 15) | ((high & 15) << 4);
      if (bits === 4) continue;
      out[b * size + 2 + (i >> 3)]! |= (low >> 4) << (i & 7);
      out[b * size + 4 + (i >> 3)]! |= (high >> 4) << (i & 7);
    }
  }
  return out;
}

/** Blocks of 32 bytes around zero with the scale largest / 127, halves rounded away from zero; undefined as `toNibbleBlocks`. */
function toQ8Blocks(values: Float32Array): Uint8Array | undefined {
  const out = new Uint8Array((values.length / Q8_BLOCK) * Q8_BLOCK_BYTES);
  for (let b = 0; b < values.length / Q8_BLOCK; b++) {
    const block = values.subarray(Q8_BLOCK * b, Q8_BLOCK * b + Q8_BLOCK);
    const scale = fround(abs(extreme(block)) / 127);
    if (!(scale <= LARGEST_SCALE)) return undefined;
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    const at = b * Q8_BLOCK_BYTES;
    putScale(out, at, scale);
    for (let i = 0; i < Q8_BLOCK; i++) {
      const x = fround(block[i]! * inverse);
      out[at + 2 + i] = Math.sign(x) * Math.floor(abs(x) + 0.5);
    }
  }
  return out;
}

/** Bytes of a block of Q5_1: scale and least number as float16, 32 fifth bits, then 32 nibbles. */
const Q51_BLOCK_BYTES = 24;

/** Blocks of levels from the least number (0) to the largest (31); undefined as `toNibbleBlocks`. */
function toQ51Blocks(values: Float32Array): Uint8Array | undefined {
  const out = new Uint8Array((values.length / 32) * Q51_BLOCK_BYTES);
  for (let b = 0; b < values.length / 32; b++) {
    const block = values.subarray(32 * b, 32 * b + 32);
    const least = min(...block);
    const scale = fround(fround(max(...block) - least) / 31);
    if (!(scale <= LARGEST_SCALE && abs(least) <= LARGEST_SCALE)) return undefined;
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    const at = b * Q51_BLOCK_BYTES;
    putScale(out, at, scale);
    putScale(out, at + 2, least);
    for (let i = 0; i < 32; i++) {
      const above = fround(fround(block[i]! - least) * inverse);
      const level = min(31, Math.trunc(fround(above + 0.5)));
      out[at + 8 + (i & 15)]! |= (level & 15) << (i < 16 ? 0 : 4);
      out[at + 4 + (i >> 3)]! |= (level >> 4) << (i & 7);
    }
  }
  return out;
}

/**
 * Numbers as blocks of 32, bit for bit as GGML's reference makes them: Q8_0 with a scale of largest / 127; Q4_0 and Q5_0 with one of
 * the number of the largest magnitude over −8 or −16; Q5_1 with one of (largest − least) / 31 above the least.
 *
 * @param values a multiple of 32
 * @returns the bytes; undefined where a number is not finite or a scale beyond the largest float16
 * @throws {TensorError} `ERR_RANGE` for another type, `ERR_SHAPE` for part of a block
 */
export function toBlocks(
  type: "Q4_0" | "Q5_0" | "Q5_1" | "Q8_0",
  values: Float32Array,
): Uint8Array | undefined {
  assertKind(values instanceof Float32Array, "toBlocks", "needs a Float32Array", values);
  if (values.length % 32 !== 0)
    fail("ERR_SHAPE", `toBlocks: needs a multiple of 32 numbers, got ${values.length}`);
  if (type === "Q8_0") return toQ8Blocks(values);
  if (type === "Q4_0") return toNibbleBlocks(values, 4);
  if (type === "Q5_0") return toNibbleBlocks(values, 5);
  if (type === "Q5_1") return toQ51Blocks(values);
  fail("ERR_RANGE", `toBlocks: type must be Q4_0, Q5_0, Q5_1 or Q8_0, got ${type}`);
}
