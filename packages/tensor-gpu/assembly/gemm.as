import { packB } from "./packing";
import { choosePath, product, productBy, productOnRows, productPacked, roundUp8 } from "./product";
import { addressAt, intAt, place } from "./slots";
import { BLOCK_K, PANEL_COLUMNS } from "./tiles";

/**
 * Batched products, each by one thread. Slots: 0 a, 1 b, 2 c; 3 m, 4 n, 5 k, 6 accumulate; strides of rows and
 * columns: 7, 8 of a, 9, 10 of b, 11 of c's rows; 12 size of the inner batch axis; batch strides, outer and inner:
 * 13, 14 of a, 15, 16 of b, 17, 18 of c. An item is one product.
 */
export function gemmBatch(args: usize, begin: i32, end: i32): void {
  const inner = intAt(args, 12);
  for (let item = begin; item < end; item++) {
    const x = item / inner, y = item - x * inner;
    product(
      place(addressAt(args, 0), x * intAt(args, 13) + y * intAt(args, 14)), intAt(args, 7), intAt(args, 8),
      place(addressAt(args, 1), x * intAt(args, 15) + y * intAt(args, 16)), intAt(args, 9), intAt(args, 10),
      place(addressAt(args, 2), x * intAt(args, 17) + y * intAt(args, 18)), intAt(args, 11),
      intAt(args, 3), intAt(args, 4), intAt(args, 5), intAt(args, 6) != 0,
    );
  }
}

/**
 * One product that is not packed, in strips of rows or columns. Slots 0 to 11 as in `gemmBatch`; 12: whether strips
 * are columns of C; 13: rows or columns in a strip. An item is a strip.
 */
export function gemmStrips(args: usize, begin: i32, end: i32): void {
  const m = intAt(args, 3), n = intAt(args, 4), k = intAt(args, 5);
  const aRow = intAt(args, 7), aColumn = intAt(args, 8), bRow = intAt(args, 9), bColumn = intAt(args, 10);
  const byColumns = intAt(args, 12) != 0, cRow = intAt(args, 11);
  const first = begin * intAt(args, 13), last = min(byColumns ? n : m, end * intAt(args, 13));
  const i = byColumns ? 0 : first, j = byColumns ? first : 0;
  productBy(
    choosePath(aColumn, bRow, bColumn, m, n, k),
    place(addressAt(args, 0), i * aRow), aRow, aColumn,
    place(addressAt(args, 1), j * bColumn), bRow, bColumn,
    place(addressAt(args, 2), i * cRow + j), cRow,
    byColumns ? m : last - first, byColumns ? last - first : n, k, intAt(args, 6) != 0,
  );
}

/**
 * Packs matrices B as `packAll` does. Slot 0: table of records of 8 slots: source, row and column stride, k, n,
 * destination, first item; slot 1: number of records. An item is one panel of eight columns.
 */
export function packMatrices(args: usize, begin: i32, end: i32): void {
  let record = addressAt(args, 0);
  let left = intAt(args, 1);
  for (let item = begin; item < end; ) {
    for (; left > 1 && intAt(record, 14) <= item; left--) record += 32;
    const row = intAt(record, 1), column = intAt(record, 2), k = intAt(record, 3), n = intAt(record, 4);
    const first = item - intAt(record, 6), j = first * PANEL_COLUMNS;
    const panels = min(end - item, (n + PANEL_COLUMNS - 1) / PANEL_COLUMNS - first);
    for (let p = 0; p < k; p += BLOCK_K) {
      const depth = min(BLOCK_K, k - p);
      packB(
        place(addressAt(record, 0), p * row + j * column), row, column, depth, min(panels * PANEL_COLUMNS, n - j),
        place(addressAt(record, 5), p * roundUp8(n) + j * depth),
      );
    }
    item += panels;
  }
}

/** How a product of a list takes B: by the path that suits the shape, as packed before, or in rows as they lie. */
const enum Operand { any, packed, rows }

/**
 * Products from a list. Slot 0: table of records of 16 slots: 0 a, 1 row and 2 column stride of a; 3 b or its panels,
 * 4 row stride of b or k of the packed matrix, 5 column stride of b or n of the packed matrix; 6 c, 7 row stride of c;
 * 8 m, 9 n, 10 k, 11 accumulate; 12 a code of `Operand`, 13 first column of the packed matrix, 14 where it is not
 * accumulated a row to start each row of c with, or 0. An item is a record.
 */
export function gemmList(args: usize, begin: i32, end: i32): void {
  for (let item = begin; item < end; item++) {
    const r = addressAt(args, 0) + (<usize>item << 6);
    const operand = intAt(r, 12);
    if (operand == Operand.rows) {
      productOnRows(
        addressAt(r, 0), intAt(r, 1), intAt(r, 2), addressAt(r, 3), intAt(r, 4),
        addressAt(r, 6), intAt(r, 7), intAt(r, 8), intAt(r, 9), intAt(r, 10), intAt(r, 11) != 0,
      );
    } else if (operand == Operand.packed) {
      const accumulates = intAt(r, 11) != 0;
      productPacked(
        addressAt(r, 0), intAt(r, 1), intAt(r, 2), addressAt(r, 3), intAt(r, 4), intAt(r, 5), intAt(r, 13),
        addressAt(r, 6), intAt(r, 7), intAt(r, 8), intAt(r, 9), intAt(r, 10),
        accumulates ? addressAt(r, 6) : addressAt(r, 14), accumulates ? intAt(r, 7) : 0,
      );
    } else {
      product(
        addressAt(r, 0), intAt(r, 1), intAt(r, 2), addressAt(r, 3), intAt(r, 4), intAt(r, 5),
        addressAt(r, 6), intAt(r, 7), intAt(r, 8), intAt(r, 9), intAt(r, 10), intAt(r, 11) != 0,
      );
    }
  }
}
