/**
 * @file C (m×n) = A·B or C += A·B on one thread, by whichever path suits the shape. Strides in elements; C's columns
 * are adjacent. Which path is taken depends on the whole product's shape and strides only.
 */
import { isFew, productOfFew } from "./few-rows";
import { productInPlace, productPacking, zeroRows } from "./product";
import { dotProducts, productOfRows } from "./vectors";

export const enum Path { Dots, DotsByColumn, Few, Rows, InPlace, Packing }

/** The same for a whole product and all of its parts, so that cutting it changes no bit. */
export function choosePath(aColumn: i32, bRow: i32, bColumn: i32, m: i32, n: i32, k: i32): i32 {
  if (aColumn == 1 && bRow == 1 && m < 24) return isFew(m) && n >= 24 && k >= 16 ? Path.Few : Path.Dots;
  if (aColumn == 1 && bRow == 1 && n < 8) return Path.DotsByColumn;
  if (m <= 3 && bColumn == 1) return Path.Rows;
  return m < 24 || n < 16 || k < 8 ? Path.InPlace : Path.Packing;
}

/** Whether a product packs B, so that packing it once for all threads pays. */
export function packsB(aColumn: i32, bRow: i32, bColumn: i32, m: i32, n: i32, k: i32): bool {
  return choosePath(aColumn, bRow, bColumn, m, n, k) == Path.Packing;
}

export function productBy(
  path: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  if (k == 0 || path == Path.Rows) {
    if (!accumulate) zeroRows(c, cRow, m, n);
    if (k != 0) productOfRows(a, aRow, aColumn, b, bRow, c, cRow, m, n, k);
  } else if (path == Path.Dots) {
    dotProducts(b, bColumn, n, a, aRow, m, k, c, 1, cRow, accumulate);
  } else if (path == Path.Few) {
    productOfFew(a, aRow, b, bColumn, c, cRow, m, n, k, accumulate);
  } else if (path == Path.DotsByColumn) {
    dotProducts(a, aRow, m, b, bColumn, n, k, c, cRow, 1, accumulate);
  } else if (path == Path.InPlace) {
    productInPlace(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate);
  } else {
    productPacking(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate);
  }
}

@inline export function product(
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  const path = choosePath(aColumn, bRow, bColumn, m, n, k);
  productBy(path, a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate);
}
