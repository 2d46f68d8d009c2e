/** @file Products of matrices, packed or left in place. Strides in elements; C's columns are adjacent. */
import { clearElements } from "./lanes";
import { packA, packB, packPanel } from "./packing";
import { PACK_B_BYTES, packAreaA, packAreaB } from "./scratch";
import { BLOCK_K, PANEL_COLUMNS, putCorner, STRIP_ROWS, tile3, tile6, tile6Rows, tileInPlace } from "./tiles";

/** Rows of A that are packed at once. */
const BLOCK_M: i32 = 96;
/** Rows of an A read in place that are multiplied by all columns before the next rows. */
const BLOCK_IN_PLACE: i32 = 24;
/** Rows of a tile that reads any A in place. */
const IN_PLACE_ROWS: i32 = 4;
/** Room for one tile behind the packed block of B. */
const CORNER_BYTES: usize = 512;
/** Floats of B that are packed at once. */
const BLOCK_B: i32 = <i32>(PACK_B_BYTES >> 2) - 256;

@inline function at(p: usize, elements: i32): usize {
  return p + (<usize>elements << 2);
}

@inline function cornerArea(): usize {
  return packAreaB() + PACK_B_BYTES - CORNER_BYTES;
}

@inline export function roundUp8(n: i32): i32 {
  return (n + 7) & ~7;
}

export function zeroRows(c: usize, cRow: i32, m: i32, n: i32): void {
  for (let i = 0; i < m; i++) clearElements(at(c, i * cRow), n);
}

/** Panels of all of B: blocks of 256 rows, each [n/8][rows][8]; block p starts at p · roundUp8(n). */
export function packAll(b: usize, row: i32, column: i32, k: i32, n: i32, d: usize): void {
  for (let p = 0; p < k; p += BLOCK_K) {
    packB(at(b, p * row), row, column, min(BLOCK_K, k - p), n, at(d, p * roundUp8(n)));
  }
}

/** All rows of a packed block of A times eight columns of B or fewer. */
function productStrips(
  strip: usize, b: usize, bStep: usize, k: i32, c: usize, cRow: usize, rows: i32, columns: i32,
  start: usize, startRow: usize,
): void {
  const corner = cornerArea();
  const stripBytes = <usize>k << 4;
  for (; rows >= 2 * STRIP_ROWS; rows -= 2 * STRIP_ROWS) {
    if (columns == PANEL_COLUMNS) tile6(strip, b, bStep, k, c, cRow, start, startRow);
    else {
      tile6(strip, b, bStep, k, corner, 32, 0, 0);
      putCorner(corner, 2 * STRIP_ROWS, columns, c, cRow, start, startRow);
    }
    strip += 2 * stripBytes;
    c += 6 * cRow;
    if (start) start += 6 * startRow;
  }
  for (; rows > 0; rows -= STRIP_ROWS) {
    const height = min(STRIP_ROWS, rows);
    if (height == STRIP_ROWS && columns == PANEL_COLUMNS) tile3(strip, b, bStep, k, c, cRow, start, startRow);
    else {
      tile3(strip, b, bStep, k, corner, 32, 0, 0);
      putCorner(corner, height, columns, c, cRow, start, startRow);
    }
    strip += stripBytes;
    c += 3 * cRow;
    if (start) start += 3 * startRow;
  }
}

/**
 * Rows of A in place, four at a time, times eight columns of B or fewer; `aStep` bytes from a column of A to the next,
 * `bStep` from a row of B to the next.
 */
function productFours(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, k: i32,
  c: usize, cRow: usize, rows: i32, columns: i32, start: usize, startRow: usize,
): void {
  const corner = cornerArea();
  for (; rows > 0; rows -= IN_PLACE_ROWS) {
    const a1 = rows > 1 ? a + aRow : a, a2 = rows > 2 ? a1 + aRow : a, a3 = rows > 3 ? a2 + aRow : a;
    if (rows >= IN_PLACE_ROWS && columns == PANEL_COLUMNS) {
      tileInPlace(a, a1, a2, a3, aStep, b, bStep, k, c, cRow, start, startRow);
    } else {
      tileInPlace(a, a1, a2, a3, aStep, b, bStep, k, corner, 32, 0, 0);
      putCorner(corner, min(IN_PLACE_ROWS, rows), columns, c, cRow, start, startRow);
    }
    a += <usize>IN_PLACE_ROWS * aRow;
    c += <usize>IN_PLACE_ROWS * cRow;
    if (start) start += <usize>IN_PLACE_ROWS * startRow;
  }
}

/** Rows of A in place, columns adjacent, times eight columns of B or fewer. */
export function productRows(
  a: usize, aRow: usize, b: usize, bStep: usize, k: i32, c: usize, cRow: usize, rows: i32, columns: i32,
  start: usize, startRow: usize,
): void {
  if (columns == PANEL_COLUMNS) {
    for (; rows >= 6; rows -= 6) {
      tile6Rows(a, aRow, b, bStep, k, c, cRow, start, startRow);
      a += 6 * aRow;
      c += 6 * cRow;
      if (start) start += 6 * startRow;
    }
  }
  if (rows > 0) productFours(a, aRow, 4, b, bStep, k, c, cRow, rows, columns, start, startRow);
}

/**
 * Reads each cache line of contiguous rows, in order, before the tiles take a few floats of each of several rows at a
 * time, which memory serves badly. The sum is stored so that the compiler does not leave the reading out.
 */
function touchRows(x: usize, row: usize, rows: i32, columns: i32): void {
  let sum = 0;
  for (; rows > 0; rows--, x += row) {
    for (let at = x, end = x + (<usize>columns << 2); at < end; at += 64) sum += load<i32>(at);
  }
  store<i32>(cornerArea(), sum);
}

/**
 * The block of B that is being multiplied: elements from a row to the next and from eight columns to the next eight, and
 * whether it is in panels, whose columns are filled up to eight.
 */
let blockB: usize = 0, blockRow: i32 = 0, blockPanel: i32 = 0, blockIsPacked: bool = false;

/**
 * A block of rows of A times the block of B, k steps. A is packed unless its rows are contiguous. Where B lies in place,
 * columns that are fewer than eight are packed, since vectors would run over the end.
 */
function productBlock(
  a: usize, aRow: i32, aColumn: i32, c: usize, cRow: i32, rows: i32, n: i32, k: i32, start: usize, startRow: i32,
): void {
  const rowBytes = <usize>cRow << 2, startBytes = <usize>startRow << 2, aRowBytes = <usize>aRow << 2;
  const isInPlace = aColumn == 1;
  if (isInPlace) touchRows(a, aRowBytes, rows, k);
  else packA(a, aRow, aColumn, rows, k, packAreaA());
  let b = blockB, step = <usize>blockRow << 2;
  for (let j = 0; j < n; j += PANEL_COLUMNS, b = at(b, blockPanel)) {
    const columns = min(PANEL_COLUMNS, n - j), to = at(c, j), from = start ? at(start, j) : 0;
    if (columns < PANEL_COLUMNS && !blockIsPacked) {
      packPanel(b, blockRow, 1, k, columns, packAreaB());
      b = packAreaB();
      step = 32;
    }
    if (isInPlace) productRows(a, aRowBytes, b, step, k, to, rowBytes, rows, columns, from, startBytes);
    else productStrips(packAreaA(), b, step, k, to, rowBytes, rows, columns, from, startBytes);
  }
}

/**
 * A times the first k rows and columns first … first + n − 1 (`first` a multiple of 8) of a B that `packAll` packed as
 * kTotal × nTotal, onto the matrix at `start` (rows `startRow` apart, 0 repeats one) unless that is 0. `c` is where the
 * first of these columns goes, `start` what is to stand there.
 */
export function productPacked(
  a: usize, aRow: i32, aColumn: i32, panels: usize, kTotal: i32, nTotal: i32, first: i32,
  c: usize, cRow: i32, m: i32, n: i32, k: i32, start: usize, startRow: i32,
): void {
  const block = aColumn == 1 ? BLOCK_IN_PLACE : BLOCK_M;
  for (let i = 0; i < m; i += block) {
    for (let p = 0; p < k; p += BLOCK_K) {
      const panelDepth = min(BLOCK_K, kTotal - p);
      blockB = at(panels, p * roundUp8(nTotal) + first * panelDepth);
      blockRow = PANEL_COLUMNS;
      blockPanel = panelDepth * PANEL_COLUMNS;
      blockIsPacked = true;
      // After the first block, added to what C already holds.
      const onto = p > 0 ? c : start, ontoRow = p > 0 ? cRow : startRow;
      productBlock(
        at(a, i * aRow + p * aColumn), aRow, aColumn, at(c, i * cRow), cRow, min(block, m - i), n, min(BLOCK_K, k - p),
        onto ? at(onto, i * ontoRow) : 0, ontoRow,
      );
    }
  }
}

/** A times a B whose rows are contiguous and stay where they are: too few rows of A to be worth packing B. */
export function productOnRows(
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  const block = aColumn == 1 ? BLOCK_IN_PLACE : BLOCK_M;
  for (let p = 0; p < k; p += BLOCK_K) {
    const depth = min(BLOCK_K, k - p), onto = accumulate || p > 0;
    blockB = at(b, p * bRow);
    blockRow = bRow;
    blockPanel = PANEL_COLUMNS;
    blockIsPacked = false;
    touchRows(blockB, <usize>bRow << 2, depth, n);
    for (let i = 0; i < m; i += block) {
      const to = at(c, i * cRow);
      productBlock(at(a, i * aRow + p * aColumn), aRow, aColumn, to, cRow, min(block, m - i), n, depth, onto ? to : 0, cRow);
    }
  }
}

/** A is read in place; so is B where its rows are contiguous, else it is packed panel by panel. */
export function productInPlace(
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  const rowBytes = <usize>cRow << 2;
  for (let p = 0; p < k; p += BLOCK_K) {
    const depth = min(BLOCK_K, k - p);
    const source = at(a, p * aColumn);
    for (let j = 0; j < n; j += PANEL_COLUMNS) {
      const columns = min(PANEL_COLUMNS, n - j), to = at(c, j);
      let panel = at(b, p * bRow + j * bColumn);
      let bStep = <usize>bRow << 2;
      if (columns < PANEL_COLUMNS || bColumn != 1) {
        packPanel(panel, bRow, bColumn, depth, columns, packAreaB());
        panel = packAreaB();
        bStep = 32;
      }
      productFours(
        source, <usize>aRow << 2, <usize>aColumn << 2, panel, bStep, depth, to, rowBytes, m, columns,
        accumulate || p > 0 ? to : 0, rowBytes,
      );
    }
  }
}

/**
 * Rows of A from which B is packed even where its rows are contiguous: sooner where they are whole multiples of 2 KiB
 * apart, so that a few of them fill their places in the nearest cache.
 */
@inline export function packFromRows(bRow: i32): i32 {
  return (bRow & 511) == 0 ? 200 : 600;
}

/** Packs B piece by piece, as much as the thread's work area holds, where that pays. */
export function productPacking(
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, m: i32, n: i32, k: i32, accumulate: bool,
): void {
  if (bColumn == 1 && m < packFromRows(bRow)) {
    productOnRows(a, aRow, aColumn, b, bRow, c, cRow, m, n, k, accumulate);
    return;
  }
  const depthMost = n <= BLOCK_B / k ? k : BLOCK_K;
  const columnsMost = (BLOCK_B / min(k, depthMost)) & ~7;
  for (let j = 0; j < n; j += columnsMost) {
    const columns = min(columnsMost, n - j);
    for (let p = 0; p < k; p += depthMost) {
      const depth = min(depthMost, k - p);
      packAll(at(b, p * bRow + j * bColumn), bRow, bColumn, depth, columns, packAreaB());
      productPacked(
        at(a, p * aColumn), aRow, aColumn, packAreaB(), depth, columns, 0,
        at(c, j), cRow, m, columns, depth, accumulate || p > 0 ? at(c, j) : 0, cRow,
      );
    }
  }
}
