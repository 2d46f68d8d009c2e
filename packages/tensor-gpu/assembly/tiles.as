/**
 * @file The innermost loops of the matrix product: six rows × eight columns of C at a time, one step along k a turn:
 * twelve sums, two vectors of B and one broadcast of A fill the 15 vector registers of V8.
 *
 * The form of the loop matters. `while` leaves the loop's first block to the test, and V8 then keeps loads and
 * multiply-adds of the body in the order written; in a `do … while`, whose body is that first block, it moves all
 * loads to the front, and more than 4×8 spills. Unrolling has the same effect, and so has a branch between the loop and
 * the stores; therefore C is loaded before the loop, not added after it.
 *
 * Each element of C is one chain of multiply-adds along k, whichever tile computes it, so results do not depend on
 * how the work is cut. The chains begin at the elements at `start`, whose rows are `startRow` bytes apart (0 repeats one
 * row), or at zero where `start` is 0. Rows of C are `cRow` bytes apart, steps of B `bStep`: 32 in a panel [k][8].
 */
import { madd } from "./math";

/** Rows of A in a strip; a tile works on two strips at once. */
export const STRIP_ROWS: i32 = 3;
/** Columns of B in a panel. */
export const PANEL_COLUMNS: i32 = 8;
/** Steps along k before the sums are put into C. */
export const BLOCK_K: i32 = 256;

/** Six rows: two strips of A, [k][4] each with three in use, the second behind the first. */
export function tile6(
  a: usize, b: usize, bStep: usize, k: i32, c: usize, cRow: usize, start: usize, startRow: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (start) {
    c00 = v128.load(start); c01 = v128.load(start, 16); start += startRow;
    c10 = v128.load(start); c11 = v128.load(start, 16); start += startRow;
    c20 = v128.load(start); c21 = v128.load(start, 16); start += startRow;
    c30 = v128.load(start); c31 = v128.load(start, 16); start += startRow;
    c40 = v128.load(start); c41 = v128.load(start, 16); start += startRow;
    c50 = v128.load(start); c51 = v128.load(start, 16);
  }
  let d = a + (<usize>k << 4);
  while (k > 0) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const t0 = v128.load_splat<f32>(a); c00 = madd(t0, b0, c00); c01 = madd(t0, b1, c01);
    const t1 = v128.load_splat<f32>(a, 4); c10 = madd(t1, b0, c10); c11 = madd(t1, b1, c11);
    const t2 = v128.load_splat<f32>(a, 8); c20 = madd(t2, b0, c20); c21 = madd(t2, b1, c21);
    const t3 = v128.load_splat<f32>(d); c30 = madd(t3, b0, c30); c31 = madd(t3, b1, c31);
    const t4 = v128.load_splat<f32>(d, 4); c40 = madd(t4, b0, c40); c41 = madd(t4, b1, c41);
    const t5 = v128.load_splat<f32>(d, 8); c50 = madd(t5, b0, c50); c51 = madd(t5, b1, c51);
    a += 16; d += 16; b += bStep; k--;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += cRow;
  v128.store(c, c10); v128.store(c, c11, 16); c += cRow;
  v128.store(c, c20); v128.store(c, c21, 16); c += cRow;
  v128.store(c, c30); v128.store(c, c31, 16); c += cRow;
  v128.store(c, c40); v128.store(c, c41, 16); c += cRow;
  v128.store(c, c50); v128.store(c, c51, 16);
}

/** Six rows of A as they lie, `aRow` bytes apart, columns adjacent. */
export function tile6Rows(
  a: usize, aRow: usize, b: usize, bStep: usize, k: i32, c: usize, cRow: usize, start: usize, startRow: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (start) {
    c00 = v128.load(start); c01 = v128.load(start, 16); start += startRow;
    c10 = v128.load(start); c11 = v128.load(start, 16); start += startRow;
    c20 = v128.load(start); c21 = v128.load(start, 16); start += startRow;
    c30 = v128.load(start); c31 = v128.load(start, 16); start += startRow;
    c40 = v128.load(start); c41 = v128.load(start, 16); start += startRow;
    c50 = v128.load(start); c51 = v128.load(start, 16);
  }
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  while (k > 0) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const t0 = v128.load_splat<f32>(a); c00 = madd(t0, b0, c00); c01 = madd(t0, b1, c01);
    const t1 = v128.load_splat<f32>(a1); c10 = madd(t1, b0, c10); c11 = madd(t1, b1, c11);
    const t2 = v128.load_splat<f32>(a2); c20 = madd(t2, b0, c20); c21 = madd(t2, b1, c21);
    const t3 = v128.load_splat<f32>(a3); c30 = madd(t3, b0, c30); c31 = madd(t3, b1, c31);
    const t4 = v128.load_splat<f32>(a4); c40 = madd(t4, b0, c40); c41 = madd(t4, b1, c41);
    const t5 = v128.load_splat<f32>(a5); c50 = madd(t5, b0, c50); c51 = madd(t5, b1, c51);
    a += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4; b += bStep; k--;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += cRow;
  v128.store(c, c10); v128.store(c, c11, 16); c += cRow;
  v128.store(c, c20); v128.store(c, c21, 16); c += cRow;
  v128.store(c, c30); v128.store(c, c31, 16); c += cRow;
  v128.store(c, c40); v128.store(c, c41, 16); c += cRow;
  v128.store(c, c50); v128.store(c, c51, 16);
}

/** Three rows: one strip. */
export function tile3(
  a: usize, b: usize, bStep: usize, k: i32, c: usize, cRow: usize, start: usize, startRow: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  if (start) {
    c00 = v128.load(start); c01 = v128.load(start, 16); start += startRow;
    c10 = v128.load(start); c11 = v128.load(start, 16); start += startRow;
    c20 = v128.load(start); c21 = v128.load(start, 16);
  }
  while (k > 0) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const t0 = v128.load_splat<f32>(a); c00 = madd(t0, b0, c00); c01 = madd(t0, b1, c01);
    const t1 = v128.load_splat<f32>(a, 4); c10 = madd(t1, b0, c10); c11 = madd(t1, b1, c11);
    const t2 = v128.load_splat<f32>(a, 8); c20 = madd(t2, b0, c20); c21 = madd(t2, b1, c21);
    a += 16; b += bStep; k--;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += cRow;
  v128.store(c, c10); v128.store(c, c11, 16); c += cRow;
  v128.store(c, c20); v128.store(c, c21, 16);
}

/** Four rows of A as it lies, at a, a1, a2 and a3, with steps of `aStep` bytes along k. */
export function tileInPlace(
  a: usize, a1: usize, a2: usize, a3: usize, aStep: usize, b: usize, bStep: usize, k: i32,
  c: usize, cRow: usize, start: usize, startRow: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (start) {
    c00 = v128.load(start); c01 = v128.load(start, 16); start += startRow;
    c10 = v128.load(start); c11 = v128.load(start, 16); start += startRow;
    c20 = v128.load(start); c21 = v128.load(start, 16); start += startRow;
    c30 = v128.load(start); c31 = v128.load(start, 16);
  }
  while (k > 0) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const t0 = v128.load_splat<f32>(a); c00 = madd(t0, b0, c00); c01 = madd(t0, b1, c01);
    const t1 = v128.load_splat<f32>(a1); c10 = madd(t1, b0, c10); c11 = madd(t1, b1, c11);
    const t2 = v128.load_splat<f32>(a2); c20 = madd(t2, b0, c20); c21 = madd(t2, b1, c21);
    const t3 = v128.load_splat<f32>(a3); c30 = madd(t3, b0, c30); c31 = madd(t3, b1, c31);
    a += aStep; a1 += aStep; a2 += aStep; a3 += aStep; b += bStep; k--;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += cRow;
  v128.store(c, c10); v128.store(c, c11, 16); c += cRow;
  v128.store(c, c20); v128.store(c, c21, 16); c += cRow;
  v128.store(c, c30); v128.store(c, c31, 16);
}

/** Moves the valid corner of a tile computed at `from` (rows of 8) to C, onto what is at `start`. */
export function putCorner(
  from: usize, rows: i32, columns: i32, c: usize, cRow: usize, start: usize, startRow: usize,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns << 2; j += 4) {
      const v = load<f32>(from + j);
      store<f32>(c + j, start ? load<f32>(start + j) + v : v);
    }
    from += 32;
    c += cRow;
    if (start) start += startRow;
  }
}
