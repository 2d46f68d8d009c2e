/** @file Filling and copying between any strides and element types, four bytes an element. */
import { gather4, gatherPart, storePart } from "./lanes";
import { addressAt, intAt, place, splatAt } from "./slots";
import { rowOffset, Slot } from "./strided";

/** Slots: out, value (its four bytes). Items are elements. */
export function fill(args: usize, begin: i32, end: i32): void {
  const value = splatAt(args, 1);
  let out = place(addressAt(args, 0), begin), left = end - begin;
  for (; left >= 4; left -= 4, out += 16) v128.store(out, value);
  if (left > 0) storePart(out, value, left);
}

/** What happens to an element on its way; slot 40. */
const enum Conversion {
  none, intToFloat, floatToInt, floatToBool, intToBool,
}

const CONVERSION = 40;

function convert(conversion: i32, x: v128): v128 {
  if (conversion == Conversion.intToFloat) return f32x4.convert_i32x4_s(x);
  if (conversion == Conversion.floatToInt) return i32x4.trunc_sat_f32x4_s(x);
  if (conversion == Conversion.floatToBool) return i32x4.shr_u(f32x4.ne(x, f32x4.splat(0)), 31);
  return i32x4.shr_u(i32x4.ne(x, i32x4.splat(0)), 31);
}

/** The first `count` lanes, `stride` bytes apart. */
function scatterPart(p: usize, stride: usize, v: v128, count: i32): void {
  if (stride == 4) return storePart(p, v, count);
  v128.store32_lane(p, v, 0);
  if (count > 1) v128.store32_lane(p + stride, v, 1);
  if (count > 2) v128.store32_lane(p + 2 * stride, v, 2);
  if (count > 3) v128.store32_lane(p + 3 * stride, v, 3);
}

/** Elements from which a bulk copy beats a loop. */
const LONG: i32 = 256;

function move(out: usize, x: usize, count: i32, stepOut: usize, stepX: usize): void {
  if (stepOut == 4 && stepX == 4) {
    if (count >= LONG) {
      memory.copy(out, x, <usize>count << 2);
      return;
    }
    for (; count >= 4; count -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
  } else if (stepOut == 4 && stepX == 0) {
    const value = v128.load32_splat(x);
    for (; count >= 4; count -= 4, out += 16) v128.store(out, value);
  }
  for (; count > 0; count--, out += stepOut, x += stepX) store<i32>(out, load<i32>(x));
}

/** Slots as in strided.ts with out as operand 0 and x as operand 1. Items are elements. */
export function copy(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, Slot.n), conversion = intAt(args, CONVERSION);
  const stepOut = intAt(args, Slot.stride), stepX = intAt(args, Slot.stride + 1);
  let row = begin / n, column = begin - row * n;
  for (let left = end - begin; left > 0; row++) {
    let count = min(n - column, left);
    let out = addressAt(args, 0) + rowOffset(args, 0, row) + <usize>(column * stepOut);
    let x = addressAt(args, 1) + rowOffset(args, 1, row) + <usize>(column * stepX);
    left -= count;
    column = 0;
    if (conversion == Conversion.none) move(out, x, count, stepOut, stepX);
    else {
      for (; count > 0; count -= 4, out += stepOut << 2, x += stepX << 2) {
        scatterPart(out, stepOut, convert(conversion, gatherPart(x, stepX, count)), count);
      }
    }
  }
}

const BAND: i32 = 16;

/** Columns of a 4×4 tile whose rows start `stepX` bytes apart become rows `stepOut` bytes apart. */
@inline function tile(out: usize, stepOut: usize, x: usize, stepX: usize): void {
  const a = v128.load(x), b = v128.load(x + stepX), c = v128.load(x + 2 * stepX), d = v128.load(x + 3 * stepX);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  v128.store(out, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(out + stepOut, v128.shuffle<i64>(ab, cd, 1, 3));
  const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(out + 2 * stepOut, v128.shuffle<i64>(ef, gh, 0, 2));
  v128.store(out + 3 * stepOut, v128.shuffle<i64>(ef, gh, 1, 3));
}

/**
 * Sixteen columns at a time: whole cache lines of `out` are written before they can be displaced, as they are when its
 * rows lie a power of two apart.
 */
function moveTransposed(out: usize, stepOut: usize, x: usize, stepX: usize, rows: i32, columns: i32): void {
  for (; columns >= 4; columns -= BAND, out += BAND << 2, x += stepX * BAND) {
    const tiles = min(columns, BAND) >> 2;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      let to = out + <usize>row * stepOut, from = place(x, row);
      for (let i = 0; i < tiles; i++, to += 16, from += stepX << 2) tile(to, stepOut, from, stepX);
    }
    for (; row < rows; row++) {
      let to = out + <usize>row * stepOut, from = place(x, row);
      for (let i = 0; i < tiles; i++, to += 16, from += stepX << 2) v128.store(to, gather4(from, stepX));
    }
    if (columns < BAND) {
      out += <usize>tiles << 4;
      x += (stepX << 2) * tiles;
      columns &= 3;
      break;
    }
  }
  for (; columns > 0; columns--, out += 4, x += stepX) {
    for (let row = 0; row < rows; row++) store<i32>(out + <usize>row * stepOut, load<i32>(place(x, row)));
  }
}

/**
 * A matrix whose rows are contiguous in `out` and whose columns are contiguous in `x`. Slots: out, x, rows, columns,
 * bands of 16 rows, byte stride of out's rows, byte stride of x's columns, outer axes as in strided.ts. Items are bands.
 */
export function copyTransposed(args: usize, begin: i32, end: i32): void {
  const rows = intAt(args, 2), columns = intAt(args, 3), bands = intAt(args, 4);
  const stepOut: usize = intAt(args, 5), stepX: usize = intAt(args, 6);
  for (let item = begin; item < end; item++) {
    const matrix = item / bands, first = (item - matrix * bands) * BAND;
    const out = addressAt(args, 0) + rowOffset(args, 0, matrix) + <usize>first * stepOut;
    const x = place(addressAt(args, 1) + rowOffset(args, 1, matrix), first);
    moveTransposed(out, stepOut, x, stepX, min(BAND, rows - first), columns);
  }
}
