/** @file The memory layout of compact weights; it must match `assembly/compact.as`. */
import { assertList } from "../errors";
import type { CompactType } from "./view";

/** Elements per scale in int8. */
export const BLOCK = 32;
/** A float16 scale and 32 bytes. */
export const BLOCK_BYTES = 34;
/** Elements per group in bfloat16. */
export const GROUP = 8;

/** Bytes of one row. */
export const compactRowBytes = (format: CompactType, columns: number): number =>
  format === "bfloat16"
    ? Math.ceil(columns / GROUP) * 2 * GROUP
    : Math.ceil(columns / BLOCK) * BLOCK_BYTES;

/** Bytes of a weight of this shape, its last axis being a row; a multiple of four. */
export function compactBytes(format: CompactType, shape: readonly number[]): number {
  assertList("compactBytes", shape);
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return Math.ceil((rows * compactRowBytes(format, shape.at(-1) ?? 0)) / 4) * 4;
}
