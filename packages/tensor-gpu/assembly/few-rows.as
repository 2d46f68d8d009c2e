/**
 * @file Products x·Wᵀ of a few rows x with the rows of a large matrix. x is packed once; of W a few rows at a time are read as
 * they lie, each once, and meet all of x while they are in the nearest cache.
 */
import { packAll, productPacked, roundUp8 } from "./product";
import { packAreaA, packAreaB } from "./scratch";

/** Whether that is worth while for so many rows of x: they are filled up to a multiple of eight. */
@inline export function isFew(m: i32): bool {
  return m >= 7 && m < 24 && roundUp8(m) - m <= 4;
}

/** Rows of W that are multiplied before their results go to their places. */
export const FEW_BLOCK: i32 = 24;
/** Steps along k for which x is packed at once. */
export const FEW_DEPTH: i32 = 8192;

@inline function at(p: usize, elements: i32): usize {
  return p + (<usize>elements << 2);
}

/** Packs x (m×k, k at most `FEW_DEPTH`, m below 24) for `multiplyFew`. */
export function packFew(x: usize, xRow: i32, m: i32, k: i32): void {
  packAll(x, 1, xRow, k, m, packAreaB());
}

/** c (m×n, rows `cRow` apart) = or += x·rowsᵀ for up to `FEW_BLOCK` rows, x as packed before. */
export function multiplyFew(
  rows: usize, rowStride: i32, n: i32, m: i32, k: i32, c: usize, cRow: i32, accumulate: bool,
): void {
  const width = roundUp8(m), block = packAreaA();
  productPacked(rows, rowStride, 1, packAreaB(), k, m, 0, block, width, n, m, k, 0, 0);
  for (let i = 0; i < m; i++, c = at(c, cRow)) {
    let from = at(block, i);
    for (let j = 0; j < n; j++, from = at(from, width)) {
      const to = at(c, j), v = load<f32>(from);
      store<f32>(to, accumulate ? load<f32>(to) + v : v);
    }
  }
}

/** C (m×n) = or += x·Wᵀ; the rows of W are contiguous, `wRow` apart. */
export function productOfFew(
  x: usize, xRow: i32, w: usize, wRow: i32, c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  for (let p = 0; p < k; p += FEW_DEPTH) {
    const depth = min(FEW_DEPTH, k - p);
    packFew(at(x, p), xRow, m, depth);
    for (let j = 0; j < n; j += FEW_BLOCK) {
      multiplyFew(at(w, j * wRow + p), wRow, min(FEW_BLOCK, n - j), m, depth, at(c, j), cRow, accumulate || p > 0);
    }
  }
}
