/** @file The memory layout of compact weights; it must match `assembly/compact.as` and `assembly/block-levels.as`. */
import { assertList, fail } from "../errors";
import { COMPACT_BLOCKS, type CompactType } from "./view";

/** Elements per scale in int8. */
export const BLOCK = 32;
/** A float16 scale and 32 bytes. */
export const BLOCK_BYTES = 34;
/** Elements per group in bfloat16. */
export const GROUP = 8;

/** Bytes of a block, the smallest part of a row that can be read on its own. */
export const blockBytes = (format: CompactType): number => COMPACT_BLOCKS[format][1];

/** Whether rows of so many elements are whole blocks. */
export const hasWholeBlocks = (format: CompactType, columns: number): boolean =>
  columns % COMPACT_BLOCKS[format][0] === 0;

/** Whether numbers can be converted to the type; the others come from files only. */
export const canEncode = (format: CompactType): boolean => COMPACT_BLOCKS[format][0] < 256;

/** Bytes of one row. */
export const compactRowBytes = (format: CompactType, columns: number): number =>
  Math.ceil(columns / COMPACT_BLOCKS[format][0]) * COMPACT_BLOCKS[format][1];

/**
 * Bytes of a weight of this shape, its last axis being a row; a multiple of four.
 * @throws {TensorError} `ERR_SHAPE` for rows of q4_k, q5_k or q6_k that are no multiple of 256
 */
export function compactBytes(format: CompactType, shape: readonly number[]): number {
  assertList("compactBytes", shape);
  const columns = shape.at(-1) ?? 0;
  if (COMPACT_BLOCKS[format][0] === 256 && columns % 256)
    fail("ERR_SHAPE", `${format}: rows must be multiples of 256`);
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return Math.ceil((rows * compactRowBytes(format, columns)) / 4) * 4;
}
