/** @file Copies of matrix blocks in the order in which the tiles read them, padded with zeros. Strides in elements. */
import { PANEL_COLUMNS, STRIP_ROWS } from "./tiles";

/**
 * Rows of a matrix with contiguous rows that are packed before the next columns are: few enough to stay in the nearest
 * cache, so that memory is read once and in order.
 */
const BAND: i32 = 32;
/** Rows of A that are packed together where its columns are contiguous. */
const SIX_STRIPS: i32 = 6 * STRIP_ROWS;

@inline function at(p: usize, elements: i32): usize {
  return p + (<usize>elements << 2);
}

@inline function put(d: usize, v: v128, accumulate: bool): void {
  v128.store(d, accumulate ? f32x4.add(v128.load(d), v) : v);
}

/** Transposes 4×4: rows at s, s + sStep, …; columns go to d, d + dStep, … (bytes), or are added to what is there. */
@inline export function transpose4(s: usize, sStep: usize, d: usize, dStep: usize, accumulate: bool = false): void {
  const r0 = v128.load(s), r1 = v128.load(s + sStep);
  const r2 = v128.load(s + 2 * sStep), r3 = v128.load(s + 3 * sStep);
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const t2 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5), t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  put(d, v128.shuffle<i64>(t0, t2, 0, 2), accumulate);
  put(d + dStep, v128.shuffle<i64>(t0, t2, 1, 3), accumulate);
  put(d + 2 * dStep, v128.shuffle<i64>(t1, t3, 0, 2), accumulate);
  put(d + 3 * dStep, v128.shuffle<i64>(t1, t3, 1, 3), accumulate);
}

/** The same for three rows at s; four vectors one behind the other at d. */
@inline function transpose3(s: usize, sStep: usize, d: usize): void {
  const r0 = v128.load(s), r1 = v128.load(s + sStep), r2 = v128.load(s + 2 * sStep);
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const t2 = v128.shuffle<i32>(r2, r2, 0, 4, 1, 5), t3 = v128.shuffle<i32>(r2, r2, 2, 6, 3, 7);
  v128.store(d, v128.shuffle<i64>(t0, t2, 0, 2));
  v128.store(d, v128.shuffle<i64>(t0, t2, 1, 3), 16);
  v128.store(d, v128.shuffle<i64>(t1, t3, 0, 2), 32);
  v128.store(d, v128.shuffle<i64>(t1, t3, 1, 3), 48);
}

/** Element by element from step `p` on, to vectors of `width`; those beyond `count` are zeros. */
function packSlowly(
  s: usize, across: i32, along: i32, count: i32, width: i32, p: i32, k: i32, d: usize,
): void {
  for (; p < k; p++) {
    for (let j = 0; j < width; j++) {
      store<f32>(at(d, p * width + j), j < count ? load<f32>(at(s, j * across + p * along)) : 0);
    }
  }
}

/** Six whole strips, `strip` bytes each, of an A whose columns are contiguous: one step of all is read at once. */
function packSixStrips(s: usize, column: i32, k: i32, d: usize, strip: usize): void {
  const step = <usize>column << 2;
  let d3 = d + 3 * strip;
  for (; k > 0; k--, s += step, d += 16, d3 += 16) {
    v128.store(d, v128.load(s));
    v128.store(d + strip, v128.load(s, 12));
    v128.store(d + 2 * strip, v128.load(s, 24));
    v128.store(d3, v128.load(s, 36));
    v128.store(d3 + strip, v128.load(s, 48));
    v128.store(d3 + 2 * strip, v128.load(s, 60));
  }
}

/** A (m×k) as strips [m/3][k][4]; the fourth place holds nothing of use. */
export function packA(a: usize, row: i32, column: i32, m: i32, k: i32, d: usize): void {
  let i = 0;
  if (row == 1) {
    const together = (m - 1) / SIX_STRIPS * SIX_STRIPS, strip = <usize>k << 4;
    for (let p = 0; p < k; p += BAND) {
      let to = at(d, p * 4);
      for (i = 0; i < together; i += SIX_STRIPS, to += 6 * strip) {
        packSixStrips(at(a, p * column + i), column, min(BAND, k - p), to, strip);
      }
    }
    i = together;
    d = at(d, i / STRIP_ROWS * k * 4);
  }
  for (; i < m; i += STRIP_ROWS) {
    const s = at(a, i * row);
    const rows = min(STRIP_ROWS, m - i);
    let p = 0;
    if (rows == STRIP_ROWS && column == 1) {
      for (; p + 4 <= k; p += 4) transpose3(at(s, p), <usize>row << 2, at(d, p * 4));
    } else if (row == 1 && m - i > STRIP_ROWS) {
      for (; p < k; p++) v128.store(at(d, p * 4), v128.load(at(s, p * column)));
    }
    packSlowly(s, row, column, rows, 4, p, k, d);
    d = at(d, 4 * k);
  }
}

/** One panel [k][8] of B (k×columns, at most 8). */
export function packPanel(b: usize, row: i32, column: i32, k: i32, columns: i32, d: usize): void {
  let p = 0;
  if (columns == PANEL_COLUMNS && column == 1) {
    for (; p < k; p++) {
      const s = at(b, p * row), to = at(d, p * 8);
      v128.store(to, v128.load(s));
      v128.store(to, v128.load(s, 16), 16);
    }
  } else if (columns == PANEL_COLUMNS && row == 1) {
    const step = <usize>column << 2;
    for (; p + 4 <= k; p += 4) {
      transpose4(at(b, p), step, at(d, p * 8), 32);
      transpose4(at(b, p) + 4 * step, step, at(d, p * 8) + 16, 32);
    }
  }
  packSlowly(b, column, row, columns, PANEL_COLUMNS, p, k, d);
}

/** B (k×n, k at most one block) as panels [n/8][k][8]. */
export function packB(b: usize, row: i32, column: i32, k: i32, n: i32, d: usize): void {
  const band = column == 1 ? BAND : k, panelBytes = <usize>k << 5;
  for (let p = 0; p < k; p += band) {
    let to = at(d, p * PANEL_COLUMNS);
    for (let j = 0; j < n; j += PANEL_COLUMNS, to += panelBytes) {
      packPanel(at(b, p * row + j * column), row, column, min(band, k - p), min(PANEL_COLUMNS, n - j), to);
    }
  }
}
