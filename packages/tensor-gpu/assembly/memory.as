/** @file Filling and copying between any strides and element types, four bytes per element. */
import { Ints, place } from "./arguments";
import { gather4, gatherPart, storePart } from "./lanes";
import { rowOffset } from "./walk";

@unmanaged class Fill {
  out: usize;
  value: i32; // its four bytes
}

/** Items are elements. */
export function fill(args: Fill, begin: i32, end: i32): void {
  const value = i32x4.splat(args.value);
  let out = place(args.out, begin), left = end - begin;
  for (; left >= 4; left -= 4, out += 16) v128.store(out, value);
  if (left > 0) storePart(out, value, left);
}

/** What happens to an element on its way. */
export const enum Conversion {
  none, intToFloat, floatToInt, floatToBool, intToBool,
}

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

@unmanaged class Copy {
  out: usize;
  x: usize;
  conversion: i32; // a Conversion
  n: i32;
  stepOut: i32;
  stepX: i32;
  axes: Ints;
}

/** Items are elements. */
export function copy(args: Copy, begin: i32, end: i32): void {
  const n = args.n, conversion = args.conversion;
  const stepOut = args.stepOut, stepX = args.stepX;
  const axes = changetype<usize>(args) + offsetof<Copy>("axes");
  let row = begin / n, column = begin - row * n;
  for (let left = end - begin; left > 0; row++) {
    let count = min(n - column, left);
    let out = args.out + rowOffset(axes, 0, row) + <usize>(column * stepOut);
    let x = args.x + rowOffset(axes, 1, row) + <usize>(column * stepX);
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

@unmanaged class CopyTransposed {
  out: usize;
  x: usize;
  rows: i32;
  columns: i32;
  bands: i32;
  stepOut: i32;
  stepX: i32;
  axes: Ints;
}

/**
 * A matrix whose rows are contiguous in `out`, `stepOut` bytes apart, and whose columns are contiguous in `x`, `stepX`
 * bytes apart. Items are bands of 16 rows.
 */
export function copyTransposed(args: CopyTransposed, begin: i32, end: i32): void {
  const rows = args.rows, columns = args.columns, bands = args.bands;
  const stepOut: usize = args.stepOut, stepX: usize = args.stepX;
  const axes = changetype<usize>(args) + offsetof<CopyTransposed>("axes");
  for (let item = begin; item < end; item++) {
    const matrix = item / bands, first = (item - matrix * bands) * BAND;
    const out = args.out + rowOffset(axes, 0, matrix) + <usize>first * stepOut;
    const x = place(args.x + rowOffset(axes, 1, matrix), first);
    moveTransposed(out, stepOut, x, stepX, min(BAND, rows - first), columns);
  }
}
