/** @file Lists of products: B packed once for all threads, then blocks of C from a table. */
import { Flag, place } from "./arguments";
import { packB } from "./packing";
import { packFromRows, productOnRows, productPacked, roundUp8 } from "./product";
import { product } from "./product-paths";
import { BLOCK_K, PANEL_COLUMNS } from "./tiles";

@unmanaged class PackRecord {
  b: usize;
  row: i32; // strides
  column: i32;
  k: i32;
  n: i32;
  panels: usize; // where they go
  first: i32; // its first item
}

@unmanaged class PackMatrices {
  table: usize; // of PackRecords
  count: i32;
}

/** Packs matrices B as `packAll` does. An item is one panel of eight columns. */
export function packMatrices(args: PackMatrices, begin: i32, end: i32): void {
  let at = args.table;
  let left = args.count;
  for (let item = begin; item < end; ) {
    for (; left > 1 && changetype<PackRecord>(at + offsetof<PackRecord>()).first <= item; left--) at += offsetof<PackRecord>();
    const record = changetype<PackRecord>(at);
    const row = record.row, column = record.column, k = record.k, n = record.n;
    const first = item - record.first, j = first * PANEL_COLUMNS;
    const panels = min(end - item, (n + PANEL_COLUMNS - 1) / PANEL_COLUMNS - first);
    for (let p = 0; p < k; p += BLOCK_K) {
      const depth = min(BLOCK_K, k - p);
      packB(
        place(record.b, p * row + j * column), row, column, depth, min(panels * PANEL_COLUMNS, n - j),
        place(record.panels, p * roundUp8(n) + j * depth),
      );
    }
    item += panels;
  }
}

/** How a product of a list takes B: by the path that suits the shape, already packed, or in rows left in place. */
export const enum Operand {
  any, packed, rows,
}

/** Rows of A below which packing B for all threads costs more than it saves. */
const PACK_ROWS: i32 = 16;

/** The `Operand` of a product of a list. A product that starts from a bias is packed. */
export function operandOf(bRow: i32, bColumn: i32, m: i32, k: i32, hasBias: bool): i32 {
  if (m < PACK_ROWS || k == 0) return Operand.any;
  return bColumn == 1 && m < packFromRows(bRow) && !hasBias ? Operand.rows : Operand.packed;
}

@unmanaged class BlockRecord {
  a: usize;
  aRow: i32; // strides
  aColumn: i32;
  b: usize; // or its panels
  bRow: i32; // or k of the packed matrix
  bColumn: i32; // or n of the packed matrix
  c: usize;
  cRow: i32;
  m: i32;
  n: i32;
  k: i32;
  accumulate: Flag;
  operand: i32; // an Operand
  first: i32; // its first column in the packed matrix
  start: usize; // a row to start each row of c with where it is not accumulated, or 0
}

@unmanaged class GemmList {
  table: usize; // of BlockRecords
}

/** Products from a list. An item is a record. */
export function gemmList(args: GemmList, begin: i32, end: i32): void {
  for (let item = begin; item < end; item++) {
    const r = changetype<BlockRecord>(args.table + <usize>item * offsetof<BlockRecord>());
    const accumulates = r.accumulate != 0;
    if (r.operand == Operand.rows) {
      productOnRows(r.a, r.aRow, r.aColumn, r.b, r.bRow, r.c, r.cRow, r.m, r.n, r.k, accumulates);
    } else if (r.operand == Operand.packed) {
      productPacked(
        r.a, r.aRow, r.aColumn, r.b, r.bRow, r.bColumn, r.first, r.c, r.cRow, r.m, r.n, r.k,
        accumulates ? r.c : r.start, accumulates ? r.cRow : 0,
      );
    } else {
      product(r.a, r.aRow, r.aColumn, r.b, r.bRow, r.bColumn, r.c, r.cRow, r.m, r.n, r.k, accumulates);
    }
  }
}
