/** @file The memory layout of compact weights; it must match `assembly/compact.as` and `assembly/block-levels.as`. */
import { assertList, fail } from "../errors";
import type { CompactType } from "./view";

/** Elements per scale in int8. */
export const BLOCK = 32;
/** A float16 scale and 32 bytes. */
export const BLOCK_BYTES = 34;
/** Elements per group in bfloat16. */
export const GROUP = 8;

/** Elements and bytes of a block of each type. */
const BLOCKS: Readonly<Record<CompactType, readonly [elements: number, bytes: number]>> = {
  bfloat16: [GROUP, 2 * GROUP],
  float16: [GROUP, 2 * GROUP],
  int8: [BLOCK, BLOCK_BYTES],
  q4_0: [32, 18],
  q5_0: [32, 22],
  q4_k: [256, 144],
  q5_k: [256, 176],
  q6_k: [256, 210],
};

/** Bytes of a block, the smallest part of a row that can be read on its own. */
export const blockBytes = (format: CompactType): number => BLOCKS[format][1];

/** Whether rows of so many elements are whole blocks. */
export const hasWholeBlocks = (format: CompactType, columns: number): boolean =>
  columns % BLOCKS[format][0] === 0;

/** Whether numbers can be converted to the type; the others come from files only. */
export const canEncode = (format: CompactType): boolean => BLOCKS[format][0] < 256;

/** Bytes of one row. */
export const compactRowBytes = (format: CompactType, columns: number): number =>
  Math.ceil(columns / BLOCKS[format][0]) * BLOCKS[format][1];

/**
 * Bytes of a weight of this shape, its last axis being a row; a multiple of four.
 * @throws {TensorError} `ERR_SHAPE` for rows of q4_k, q5_k or q6_k that are no multiple of 256
 */
export function compactBytes(format: CompactType, shape: readonly number[]): number {
  assertList("compactBytes", shape);
  const columns = shape.at(-1) ?? 0;
  if (!canEncode(format) && !hasWholeBlocks(format, columns))
    fail("ERR_SHAPE", `tensor-gpu: rows of ${format} must be multiples of 256, got ${columns}`);
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return Math.ceil((rows * compactRowBytes(format, columns)) / 4) * 4;
}
