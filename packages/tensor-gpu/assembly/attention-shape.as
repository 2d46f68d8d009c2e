/** @file What the attention kernels share: their arguments, and which keys a query sees. */
import { Flag, place } from "./arguments";

@unmanaged export class Attention {
  out: usize;
  probs: usize;
  lse: usize;
  q: usize;
  k: usize;
  v: usize;
  keyMask: usize;
  segments: usize; // [batch, keys]: a query sees the keys of its own segment only; 0 for no segments
  queries: i32;
  keys: i32;
  heads: i32;
  keyHeads: i32;
  d: i32;
  valueD: i32;
  scale: f32;
  causal: Flag;
  queryOffset: i32;
  parts: i32; // that each (image, head) is cut into
  qBatch: i32; // strides
  qRow: i32;
  qHead: i32;
  kBatch: i32;
  kRow: i32;
  kHead: i32;
  vBatch: i32;
  vRow: i32;
  vHead: i32;
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
@inline export function visibleKeys(args: Attention, i: i32): i32 {
  const keys = args.keys;
  if (args.causal == 0) return keys;
  return max(0, min(keys, i + args.queryOffset + 1));
}

/** Address of [b, t, h, 0] of a view with these strides. */
@inline export function headAt(
  view: usize, batch: i32, row: i32, head: i32, b: i32, t: i32, h: i32,
): usize {
  return place(view, b * batch + t * row + h * head);
}

/** Address of [b, t, h, 0] of a contiguous [batch, length, heads, width]. */
@inline export function rowAt(base: usize, b: i32, t: i32, h: i32, length: i32, heads: i32, width: i32): usize {
  return place(base, ((b * length + t) * heads + h) * width);
}

/** The image's row of segments, 0 without them. */
@inline export function segmentsOf(args: Attention, b: i32): usize {
  const segments = args.segments;
  return segments ? place(segments, b * args.keys) : 0;
}

/** The segment of query `i`: queries are the last of the keys. */
@inline export function ownSegment(args: Attention, segments: usize, i: i32): i32 {
  return segments ? load<i32>(place(segments, i + args.keys - args.queries)) : 0;
}

/** The image's row of the key mask, 0 without one. */
@inline export function maskOf(args: Attention, b: i32): usize {
  const mask = args.keyMask;
  return mask ? place(mask, b * args.keys) : 0;
}
