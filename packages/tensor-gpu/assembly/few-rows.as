/**
 * @file Products x·Wᵀ of a few rows x with the rows of a large matrix. x is packed once; of W a few rows at a time are read in
 * place, each once from memory, and multiplied by all of x while they are in the nearest cache.
 */
import { packPanel, transpose4 } from "./packing";
import { productRows, roundUp8 } from "./product";
import { packAreaA, packAreaB } from "./scratch";
import { PANEL_COLUMNS, tile6Rows } from "./tiles";

/** Whether that pays for this many rows of x: they are filled up to a multiple of eight. */
@inline export function isFew(m: i32): bool {
  return m >= 7 && m < 24 && roundUp8(m) - m <= 4;
}

/** Steps along k for which x is packed at once. */
export const FEW_DEPTH: i32 = 8192;

@inline function at(p: usize, elements: i32): usize {
  return p + (<usize>elements << 2);
}

/** Packs x (m×k, k at most `FEW_DEPTH`, m below 24) for `multiplyFew`, in panels of eight rows. */
export function packFew(x: usize, xRow: i32, m: i32, k: i32): void {
  for (let j = 0, panel = packAreaB(); j < m; j += PANEL_COLUMNS, panel = at(panel, k * PANEL_COLUMNS)) {
    packPanel(at(x, j * xRow), 1, xRow, k, min(PANEL_COLUMNS, m - j), panel);
  }
}

/** Row i of the sums, from place r on. */
function putRow(blocks: usize, n: i32, i: i32, r: i32, c: usize, cRow: i32, accumulate: bool): void {
  let from = at(blocks, ((i >> 3) * n + r) * PANEL_COLUMNS + (i & 7)), to = at(c, i * cRow + r);
  for (; r < n; r++, from += 32, to += 4) {
    const v = load<f32>(from);
    store<f32>(to, accumulate ? load<f32>(to) + v : v);
  }
}

/** The sums of a block of rows with panels of x, [panels][n][8], go to their places in c (m×n). */
function putBlocks(blocks: usize, n: i32, m: i32, c: usize, cRow: i32, accumulate: bool): void {
  const step = <usize>cRow << 2, fours = n & ~3;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let from = at(blocks, (i >> 3) * n * PANEL_COLUMNS + (i & 7)), to = at(c, i * cRow);
    for (let r = 0; r < fours; r += 4, from += 128, to += 16) {
      if (accumulate) transpose4(from, 32, to, step, true);
      else transpose4(from, 32, to, step);
    }
    for (let q = 0; q < 4; q++) putRow(blocks, n, i + q, fours, c, cRow, accumulate);
  }
  for (; i < m; i++) putRow(blocks, n, i, 0, c, cRow, accumulate);
}

/** A few rows times x, packed before: [panels of x][n][8] at `packAreaA`. */
export function multiplyRows(rows: usize, rowStride: i32, n: i32, m: i32, k: i32): void {
  const blocks = packAreaA(), rowBytes = <usize>rowStride << 2;
  for (let j = 0, panel = packAreaB(); j < m; j += PANEL_COLUMNS, panel = at(panel, k * PANEL_COLUMNS)) {
    productRows(rows, rowBytes, panel, 32, k, at(blocks, j * n), 32, n, PANEL_COLUMNS, 0, 0);
  }
}

/** c (m×n, rows `cRow` apart) = or += x·rowsᵀ for a few rows, x as packed before. */
export function multiplyFew(
  rows: usize, rowStride: i32, n: i32, m: i32, k: i32, c: usize, cRow: i32, accumulate: bool,
): void {
  multiplyRows(rows, rowStride, n, m, k);
  putBlocks(packAreaA(), n, m, c, cRow, accumulate);
}

/** Parts of W that are read side by side, a row of each at a time. */
export const PARTS: i32 = 6;
/** Rows of each part whose results are used at once: they stay in the nearest cache until then. */
const PART_BLOCK: i32 = 64;

/**
 * Rows j … j + count − 1 of each part of W, the first at `rows` and the others `apart` bytes behind one another, times x, packed
 * before: [part][panels of x][count][8] at `packAreaA`. The parts are as many streams of memory, each so slow beside the
 * arithmetic that the processor reads it ahead by itself; rows side by side would be one stream that it reads too late.
 * Returns the bytes of one part.
 */
export function multiplyBlock(rows: usize, wRow: i32, apart: usize, count: i32, m: i32, k: i32): usize {
  const blocks = packAreaA(), next = <usize>count << 5, nextPart = <usize>roundUp8(m) * next >> 3;
  for (let i = 0; i < count; i++) {
    let to = blocks + (<usize>i << 5), panel = packAreaB();
    for (let p = 0; p < m; p += PANEL_COLUMNS, to += next, panel = at(panel, k * PANEL_COLUMNS)) {
      tile6Rows(at(rows, i * wRow), apart, panel, 32, k, to, nextPart, 0, 0);
    }
  }
  return nextPart;
}

/** c (m×n) = or += x·Wᵀ, x packed before. */
function multiplyParts(w: usize, wRow: i32, n: i32, m: i32, k: i32, c: usize, cRow: i32, accumulate: bool): void {
  const part = n / PARTS, apart = <usize>(part * wRow) << 2, blocks = packAreaA();
  for (let j = 0; j < part; j += PART_BLOCK) {
    const count = min(PART_BLOCK, part - j);
    const nextPart = multiplyBlock(at(w, j * wRow), wRow, apart, count, m, k);
    for (let p = 0; p < PARTS; p++) putBlocks(blocks + <usize>p * nextPart, count, m, at(c, p * part + j), cRow, accumulate);
  }
  const rest = PARTS * part;
  if (rest < n) multiplyFew(at(w, rest * wRow), wRow, n - rest, m, k, at(c, rest), cRow, accumulate);
}

/** C (m×n) = or += x·Wᵀ; the rows of W are contiguous, `wRow` apart. */
export function productOfFew(
  x: usize, xRow: i32, w: usize, wRow: i32, c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  for (let p = 0; p < k; p += FEW_DEPTH) {
    const depth = min(FEW_DEPTH, k - p);
    packFew(at(x, p), xRow, m, depth);
    multiplyParts(at(w, p), wRow, n, m, depth, c, cRow, accumulate || p > 0);
  }
}
