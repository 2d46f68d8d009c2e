/**
 * @file Attention of single queries over keys and values that lie in pages, [pages, keyHeads, pageTokens, width] each: of
 * one head a page is one piece of memory. A sequence's pages are a row of a table.
 */
import { Answer, Flag, place } from "./arguments";
import { expScores } from "./attention-rows";
import { clearElements, loadPart, storePart } from "./lanes";
import { tanh4 } from "./math";
import { rotateHalves, rotateNeighbours } from "./rope";
import { scratchArea } from "./scratch";
import { addWeightedRows, dotRow } from "./vectors";

@unmanaged class AttendPages {
  out: usize;
  q: usize;
  keys: usize;
  values: usize;
  rows: usize; // pairs (row of the table, position)
  table: usize;
  tablePages: i32; // in a row of the table
  pageTokens: i32;
  heads: i32;
  keyHeads: i32;
  d: i32;
  valueD: i32;
  valueRow: i32; // floats from a value to the next
  window: i32; // 0: none
  scale: f32;
  cap: f32; // 0: none
  scoreRow: i32; // floats from the scores of a head to the next's
}

@unmanaged class StorePages {
  k: usize;
  v: usize; // 0: none
  keys: usize;
  values: usize;
  rows: usize;
  table: usize;
  tablePages: i32;
  pageTokens: i32;
  keyHeads: i32;
  d: i32;
  valueD: i32;
  q: usize; // 0: none
  heads: i32;
  cos: usize;
  sin: usize;
  half: i32; // at most d / 2; 0: nothing turns
  isInterleaved: Flag;
}

@unmanaged class CheckPages {
  rows: usize;
  table: usize;
  count: i32; // of rows
  entries: i32; // of the table
  sequences: i32;
  positions: i32;
  pages: i32;
  isBad: Answer;
}

/** Answers 1 where a row names a sequence or a position that is not there, or the table a page. One item: all of it. */
export function checkPages(args: CheckPages, begin: i32, end: i32): void {
  let isBad = false;
  for (let i = 0, at = args.rows; i < args.count; i++, at += 8) {
    isBad = isBad || load<u32>(at) >= <u32>args.sequences || load<u32>(at, 4) >= <u32>args.positions;
  }
  for (let i = 0; i < args.entries; i++) isBad = isBad || load<u32>(place(args.table, i)) >= <u32>args.pages;
  if (isBad) args.isBad = 1;
}

/** Sums of the lanes of four vectors, in order; each as `sumLanes` adds. */
@inline function sumFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/**
 * Scores of `count` keys, in fours: a page holds a multiple of four, so the last four may run over `count`. One key after the
 * other, that is, one stream of memory.
 */
function scoreKeys(scores: usize, q: usize, keys: usize, d: i32, count: i32): void {
  const row = <usize>d << 2;
  for (; count > 0; count -= 4, scores += 16, keys += 4 * row) {
    const s0 = dotRow(keys, q, d), s1 = dotRow(keys + row, q, d);
    const s2 = dotRow(keys + 2 * row, q, d), s3 = dotRow(keys + 3 * row, q, d);
    v128.store(scores, sumFour(s0, s1, s2, s3));
  }
}

/** cap · tanh(scale · score / cap) over a row that is padded to whole vectors. */
function capScores(row: usize, n: i32, scale: f32, cap: f32): void {
  const factor = f32x4.splat(scale / cap), height = f32x4.splat(cap);
  for (const end = place(row, n); row < end; row += 16) {
    v128.store(row, f32x4.mul(height, tanh4(f32x4.mul(v128.load(row), factor))));
  }
}

function scaleRow(row: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; n >= 4; n -= 4, row += 16) v128.store(row, f32x4.mul(v128.load(row), f));
  if (n > 0) storePart(row, f32x4.mul(loadPart(row, n), f), n);
}

/** Floats of keys or values that stay in the nearest cache while all queries of a group meet them. */
const CHUNK_FLOATS: i32 = 3072;

/** Tokens of a chunk, a multiple of four. */
@inline function chunkTokens(width: i32): i32 {
  return max(4, (CHUNK_FLOATS / max(1, width)) & ~3);
}

/** Where a page's part of one key head begins. */
@inline function pagePart(base: usize, page: i32, keyHeads: i32, head: i32, pageTokens: i32, width: i32): usize {
  return base + ((<usize>(page * keyHeads + head) * <usize>(pageTokens * width)) << 2);
}

/** The query heads that share one key head, for one query that sees keys first … position. */
function attendHead(args: AttendPages, row: i32, keyHead: i32): void {
  const heads = args.heads, keyHeads = args.keyHeads, group = heads / keyHeads;
  const d = args.d, valueD = args.valueD, valueRow = args.valueRow;
  const pageTokens = args.pageTokens, window = args.window;
  const where = place(args.rows, 2 * row), position = load<i32>(where, 4);
  const table = place(args.table, load<i32>(where) * args.tablePages);
  const head = row * heads + keyHead * group;
  const q = place(args.q, head * d), out = place(args.out, head * valueD);
  const first = window > 0 ? max(0, position + 1 - window) : 0, start = first & ~3, n = position + 1 - start;
  const scores = scratchArea(), scoreRow = args.scoreRow, keysAtOnce = chunkTokens(d), valuesAtOnce = chunkTokens(valueRow);
  for (let at = start; at <= position; ) {
    const inPage = at % pageTokens, count = min(min(pageTokens - inPage, keysAtOnce), position + 1 - at);
    const page = pagePart(args.keys, load<i32>(place(table, at / pageTokens)), keyHeads, keyHead, pageTokens, d);
    const keys = place(page, inPage * d);
    for (let g = 0; g < group; g++) {
      scoreKeys(place(scores, g * scoreRow + at - start), place(q, g * d), keys, d, count);
    }
    at += count;
  }
  const scale = args.scale, cap = args.cap;
  clearElements(out, group * valueD);
  for (let g = 0; g < group; g++) {
    const line = place(scores, g * scoreRow);
    if (cap > 0) capScores(line, n, scale, cap);
    for (let i = start; i < first; i++) store<f32>(place(line, i - start), scale < 0 ? Infinity : -Infinity);
    const sum = expScores(line, n, n, cap > 0 ? 1 : scale, 0, 0, 0, 0);
    store<f32>(place(scores, group * scoreRow + g), sum == 0 ? 0 : 1 / sum);
  }
  for (let at = start; at <= position; ) {
    const inPage = at % pageTokens, count = min(min(pageTokens - inPage, valuesAtOnce), position + 1 - at);
    const page = pagePart(args.values, load<i32>(place(table, at / pageTokens)), keyHeads, keyHead, pageTokens, valueRow);
    const values = place(page, inPage * valueRow);
    for (let g = 0; g < group; g++) {
      addWeightedRows(place(scores, g * scoreRow + at - start), values, valueRow, count, place(out, g * valueD), valueD);
    }
    at += count;
  }
  for (let g = 0; g < group; g++) scaleRow(place(out, g * valueD), valueD, load<f32>(place(scores, group * scoreRow + g)));
}

/** Items are key heads of queries: item = row · keyHeads + keyHead. */
export function attendPages(args: AttendPages, begin: i32, end: i32): void {
  const keyHeads = args.keyHeads;
  for (let item = begin; item < end; item++) attendHead(args, item / keyHeads, item % keyHeads);
}

/** Turns the last 2 · half numbers of a head. */
@inline function rotate(args: StorePages, head: usize, position: i32): void {
  const half = args.half, x = place(head, args.d - 2 * half);
  const cos = place(args.cos, position * half), sin = place(args.sin, position * half);
  const none = i32x4.splat(0);
  if (args.isInterleaved != 0) rotateNeighbours(x, x, cos, sin, half, none);
  else rotateHalves(x, x, cos, sin, half, none);
}

/**
 * Rotates queries and keys in place (half 0: not), and copies keys and values (v 0: none) of each row to its place in the
 * pages. Items are rows.
 */
export function storePages(args: StorePages, begin: i32, end: i32): void {
  const keyHeads = args.keyHeads, d = args.d, valueD = args.valueD;
  const pageTokens = args.pageTokens, half = args.half, heads = args.heads;
  for (let row = begin; row < end; row++) {
    const where = place(args.rows, 2 * row), position = load<i32>(where, 4);
    const table = place(args.table, load<i32>(where) * args.tablePages);
    const page = load<i32>(place(table, position / pageTokens)), inPage = position % pageTokens;
    for (let h = 0; half > 0 && h < heads; h++) {
      rotate(args, place(args.q, (row * heads + h) * d), position);
    }
    for (let h = 0; h < keyHeads; h++) {
      const k = place(args.k, (row * keyHeads + h) * d);
      if (half > 0) rotate(args, k, position);
      memory.copy(place(pagePart(args.keys, page, keyHeads, h, pageTokens, d), inPage * d), k, <usize>d << 2);
      if (args.v == 0) continue;
      memory.copy(
        place(pagePart(args.values, page, keyHeads, h, pageTokens, valueD), inPage * valueD),
        place(args.v, (row * keyHeads + h) * valueD), <usize>valueD << 2,
      );
    }
  }
}
