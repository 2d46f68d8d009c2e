/**
 * @file Of each of a few rows x, the row of a large matrix W with the largest product, the first of equals, without writing all
 * products to memory. A NaN counts as the largest. The largest ones of blocks of W go to a table, so that the result does not
 * depend on which thread takes which block.
 */
import { place } from "./arguments";
import { multiplyBlock, multiplyRows, packFew, PARTS } from "./few-rows";
import { isLargest, storePart } from "./lanes";
import { roundUp8 } from "./product";
import { packAreaA, scratchArea } from "./scratch";
import { PANEL_COLUMNS } from "./tiles";

/** Rows of each part in a block. */
const BLOCK: i32 = 32;

@unmanaged class LargestOfBlocks {
  x: usize; // [m, k]
  m: i32;
  k: i32;
  w: usize; // [n, k]
  n: i32;
  table: usize; // of entries: of each panel of x, eight products and eight rows of W
}

@inline function bytesOfEntry(m: i32): usize {
  return <usize>roundUp8(m) << 3;
}

/**
 * Whether, of `count` products with each row of a panel of x, one is at least `best` or NaN. If so, it is worth finding out which
 * it is; otherwise the entry gets the largest products alone, which are smaller than those of another entry.
 */
function mayBeLargest(products: usize, count: i32, best: usize, entry: usize): bool {
  let a = v128.load(products), b = v128.load(products, 16), c = a, d = b;
  let nan = v128.or(f32x4.ne(a, a), f32x4.ne(b, b)), p = products;
  for (let left = count; left >= 2; left -= 2, p += 64) {
    const u = v128.load(p), v = v128.load(p, 16), w = v128.load(p, 32), x = v128.load(p, 48);
    a = f32x4.pmax(a, u); b = f32x4.pmax(b, v); c = f32x4.pmax(c, w); d = f32x4.pmax(d, x);
    nan = v128.or(nan, v128.or(v128.or(f32x4.ne(u, u), f32x4.ne(v, v)), v128.or(f32x4.ne(w, w), f32x4.ne(x, x))));
  }
  if (count & 1) {
    const u = v128.load(p), v = v128.load(p, 16);
    a = f32x4.pmax(a, u); b = f32x4.pmax(b, v);
    nan = v128.or(nan, v128.or(f32x4.ne(u, u), f32x4.ne(v, v)));
  }
  a = f32x4.pmax(a, c); b = f32x4.pmax(b, d);
  const bestA = v128.load(best), bestB = v128.load(best, 16);
  const reaches = v128.or(f32x4.ge(a, bestA), f32x4.ge(b, bestB));
  v128.store(best, f32x4.pmax(bestA, a)); v128.store(best, f32x4.pmax(bestB, b), 16);
  v128.store(entry, a); v128.store(entry, b, 16);
  return v128.any_true(v128.or(nan, reaches));
}

/** The largest of `count` products with each row of a panel of x, and their rows of W counted from `first`. */
function largestOfPanel(products: usize, count: i32, first: i32, entry: usize): void {
  let a = v128.load(products), b = v128.load(products, 16), row = i32x4.splat(first), rowA = row, rowB = row;
  const one = i32x4.splat(1);
  for (let i = 1; i < count; i++) {
    products += 32;
    row = i32x4.add(row, one);
    const u = v128.load(products), v = v128.load(products, 16), betterA = isLargest(u, a), betterB = isLargest(v, b);
    a = v128.bitselect(u, a, betterA);
    b = v128.bitselect(v, b, betterB);
    rowA = v128.bitselect(row, rowA, betterA);
    rowB = v128.bitselect(row, rowB, betterB);
  }
  v128.store(entry, a);
  v128.store(entry, b, 16);
  v128.store(entry, rowA, 32);
  v128.store(entry, rowB, 48);
}

/** An entry of the table. `scratchArea` holds the largest products so far. */
function putEntry(products: usize, count: i32, m: i32, first: i32, entry: usize): void {
  let best = scratchArea();
  for (let p = 0; p < m; p += PANEL_COLUMNS, products += <usize>count << 5, entry += 64, best += 32) {
    if (mayBeLargest(products, count, best, entry)) largestOfPanel(products, count, first, entry);
  }
}

/**
 * An item is a block of rows of each part of W; k is at most `FEW_DEPTH`. Entry p·items + i is that of part p and item i; behind
 * these is that of the rows that belong to no part, if there are any.
 */
export function largestOfBlocks(args: LargestOfBlocks, begin: i32, end: i32): void {
  const m = args.m, k = args.k, n = args.n, part = n / PARTS, apart = <usize>(part * k) << 2;
  const items = (part + BLOCK - 1) / BLOCK, size = bytesOfEntry(m), blocks = packAreaA();
  packFew(args.x, k, m, k);
  for (let i = 0; i < roundUp8(m); i++) store<f32>(place(scratchArea(), i), -Infinity);
  for (let item = begin; item < end; item++) {
    const j = item * BLOCK, count = min(BLOCK, part - j);
    const nextPart = multiplyBlock(place(args.w, j * k), k, apart, count, m, k);
    for (let p = 0; p < PARTS; p++) {
      putEntry(blocks + <usize>p * nextPart, count, m, p * part + j, args.table + <usize>(p * items + item) * size);
    }
  }
  const first = PARTS * part;
  if (first == n || end < items) return;
  multiplyRows(place(args.w, first * k), k, n - first, m, k);
  putEntry(blocks, n - first, m, first, args.table + <usize>(PARTS * items) * size);
}

@unmanaged class LargestOfTable {
  ids: usize; // [m]
  top: usize; // [m]
  table: usize;
  entries: i32;
  m: i32;
}

/** The largest of all entries: ids and products. An item is four rows of x. */
export function largestOfTable(args: LargestOfTable, begin: i32, end: i32): void {
  const m = args.m, size = bytesOfEntry(m);
  for (let item = begin; item < end; item++) {
    let entry = args.table + (<usize>(item >> 1) << 6) + (<usize>(item & 1) << 4);
    let best = v128.load(entry), row = v128.load(entry, 32);
    for (let i = 1; i < args.entries; i++) {
      entry += size;
      const value = v128.load(entry), better = isLargest(value, best);
      best = v128.bitselect(value, best, better);
      row = v128.bitselect(v128.load(entry, 32), row, better);
    }
    const count = min(4, m - 4 * item);
    storePart(place(args.ids, 4 * item), row, count);
    storePart(place(args.top, 4 * item), best, count);
  }
}
