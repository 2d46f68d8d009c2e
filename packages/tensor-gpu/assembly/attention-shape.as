/** @file What the attention kernels share: their argument slots, and which keys a query sees. */
import { addressAt, intAt, place } from "./slots";

export const enum Slot {
  out, probs, lse, q, k, v, keyMask, dout, dq, dk, dv,
  queries, keys, heads, keyHeads, d, valueD, scale, causal, queryOffset,
  /** Parts that each (image, head) is cut into. */
  parts,
  /** Strides of batch, sequence and head. */
  qStrides, kStrides = 24, vStrides = 27,
  /** Elements from one part's sums of dk and dv to the next. */
  dkPart = 30, dvPart = 31,
}

/**
 * Queries that are worked on at once, four tiles high; fewer where there are very many keys. Under a causal mask the
 * products go as far as the last of them sees, so small blocks waste little.
 */
export const BLOCK_ROWS: i32 = 24;

/** Rows of scores, each `rowLength(keys)` long, that fit into `floats`; at most `most`, and where possible whole tiles. */
export function blockRows(keys: i32, floats: i32, most: i32): i32 {
  const fitting = floats / rowLength(keys);
  return fitting >= most ? most : fitting >= 6 ? fitting - fitting % 6 : max(1, fitting);
}

/** An odd number of cache lines: rows a power of two apart would push each other out of the nearest cache. */
@inline export function rowLength(keys: i32): i32 {
  return ((keys + 15) & ~15) | 16;
}

/** How many keys, from the first on, query `i` may see. */
@inline export function visibleKeys(args: usize, i: i32): i32 {
  const keys = intAt(args, Slot.keys);
  if (intAt(args, Slot.causal) == 0) return keys;
  return max(0, min(keys, i + intAt(args, Slot.queryOffset) + 1));
}

/** Address of [batch, position, head, 0] of a view with strides from `strides` on. */
@inline export function headAt(args: usize, view: i32, strides: i32, b: i32, t: i32, h: i32): usize {
  const offset = b * intAt(args, strides) + t * intAt(args, strides + 1) + h * intAt(args, strides + 2);
  return place(addressAt(args, view), offset);
}

/** Address of [b, t, h, 0] of a contiguous [batch, length, heads, width]. */
@inline export function rowAt(base: usize, b: i32, t: i32, h: i32, length: i32, heads: i32, width: i32): usize {
  return place(base, ((b * length + t) * heads + h) * width);
}

/** The image's row of the key mask, 0 without one. */
@inline export function maskOf(args: usize, b: i32): usize {
  const mask = addressAt(args, Slot.keyMask);
  return mask ? place(mask, b * intAt(args, Slot.keys)) : 0;
}
