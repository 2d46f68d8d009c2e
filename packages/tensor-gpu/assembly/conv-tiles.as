/**
 * @file The innermost loops of the convolution: as `tiles.as`, with the rows of B wherever a table of byte offsets says.
 * That reads windows of an image, and pixels of all channels, without a copy of them in columns.
 */
import { madd } from "./math";

/** Six rows: two strips of A; step p reads eight floats at b + table[p]. `cRow` in bytes. */
export function tileAt6(a: usize, b: usize, table: usize, k: i32, c: usize, cRow: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (accumulate) {
    let from = c;
    c00 = v128.load(from); c01 = v128.load(from, 16); from += cRow;
    c10 = v128.load(from); c11 = v128.load(from, 16); from += cRow;
    c20 = v128.load(from); c21 = v128.load(from, 16); from += cRow;
    c30 = v128.load(from); c31 = v128.load(from, 16); from += cRow;
    c40 = v128.load(from); c41 = v128.load(from, 16); from += cRow;
    c50 = v128.load(from); c51 = v128.load(from, 16);
  }
  let d = a + (<usize>k << 4);
  while (k > 0) {
    const at = b + load<u32>(table);
    const b0 = v128.load(at), b1 = v128.load(at, 16);
    const t0 = v128.load_splat<f32>(a); c00 = madd(t0, b0, c00); c01 = madd(t0, b1, c01);
    const t1 = v128.load_splat<f32>(a, 4); c10 = madd(t1, b0, c10); c11 = madd(t1, b1, c11);
    const t2 = v128.load_splat<f32>(a, 8); c20 = madd(t2, b0, c20); c21 = madd(t2, b1, c21);
    const t3 = v128.load_splat<f32>(d); c30 = madd(t3, b0, c30); c31 = madd(t3, b1, c31);
    const t4 = v128.load_splat<f32>(d, 4); c40 = madd(t4, b0, c40); c41 = madd(t4, b1, c41);
    const t5 = v128.load_splat<f32>(d, 8); c50 = madd(t5, b0, c50); c51 = madd(t5, b1, c51);
    a += 16; d += 16; table += 4; k--;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += cRow;
  v128.store(c, c10); v128.store(c, c11, 16); c += cRow;
  v128.store(c, c20); v128.store(c, c21, 16); c += cRow;
  v128.store(c, c30); v128.store(c, c31, 16); c += cRow;
  v128.store(c, c40); v128.store(c, c41, 16); c += cRow;
  v128.store(c, c50); v128.store(c, c51, 16);
}

/** Three rows: one strip. */
export function tileAt3(a: usize, b: usize, table: usize, k: i32, c: usize, cRow: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  if (accumulate) {
    let from = c;
    c00 = v128.load(from); c01 = v128.load(from, 16); from += cRow;
    c10 = v128.load(from); c11 = v128.load(from, 16); from += cRow;
    c20 = v128.load(from); c21 = v128.load(from, 16);
  }
  while (k > 0) {
    const at = b + load<u32>(table);
    const b0 = v128.load(at), b1 = v128.load(at, 16);
    const t0 = v128.load_splat<f32>(a); c00 = madd(t0, b0, c00); c01 = madd(t0, b1, c01);
    const t1 = v128.load_splat<f32>(a, 4); c10 = madd(t1, b0, c10); c11 = madd(t1, b1, c11);
    const t2 = v128.load_splat<f32>(a, 8); c20 = madd(t2, b0, c20); c21 = madd(t2, b1, c21);
    a += 16; table += 4; k--;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += cRow;
  v128.store(c, c10); v128.store(c, c11, 16); c += cRow;
  v128.store(c, c20); v128.store(c, c21, 16);
}

/** All strips of A, one behind the other, times one panel; C has a row for each row of the strips, used or not. */
export function stripsAt(a: usize, strips: i32, b: usize, table: usize, k: i32, c: usize, cRow: usize, accumulate: bool): void {
  const stripBytes = <usize>k << 4;
  for (; strips >= 2; strips -= 2, a += 2 * stripBytes, c += 6 * cRow) tileAt6(a, b, table, k, c, cRow, accumulate);
  if (strips > 0) tileAt3(a, b, table, k, c, cRow, accumulate);
}
