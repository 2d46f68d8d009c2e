/**
 * @file Numbers as bytes, in blocks with a scale each: a byte is the place in a table of 256 ascending numbers from −1 or 0 to 1.
 */
import { Flag, place } from "./arguments";
import { load4 } from "./lanes";
import { maxLanes } from "./math";

@unmanaged class Codes {
  codes: usize;
  scales: usize;
  x: usize;
  table: usize;
  n: i32;
  block: i32; // numbers that share a scale
  keepsPositive: Flag; // whether a number above 0 never becomes 0
}

/** x = table[code] · scale. An item is a block. */
export function expandCodes(args: Codes, begin: i32, end: i32): void {
  const table = args.table, block = args.block;
  for (let b = begin; b < end; b++) {
    const first = b * block, scale = load<f32>(place(args.scales, b));
    let x = place(args.x, first), code = args.codes + <usize>first;
    for (const last = code + <usize>min(block, args.n - first); code < last; code++, x += 4) {
      store<f32>(x, load<f32>(place(table, load<u8>(code))) * scale);
    }
  }
}

/** Place of the nearest number of the table, the lower one of two that are as near. */
@inline function nearest(table: usize, y: f32): i32 {
  let low = 0, high = 255;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f32>(place(table, middle)) <= y) low = middle;
    else high = middle;
  }
  return load<f32>(place(table, high)) - y < y - load<f32>(place(table, low)) ? high : low;
}

/**
 * Codes and scales of x; a scale is the block's number of the largest magnitude, sign included, so that this one is kept as it
 * is and numbers that came from codes give the same codes. An item is a block.
 */
export function chooseCodes(args: Codes, begin: i32, end: i32): void {
  const table = args.table, block = args.block;
  for (let b = begin; b < end; b++) {
    const first = b * block, count = min(block, args.n - first), x = place(args.x, first);
    let high = f32x4.splat(0), low = high;
    for (let i = 0; i < count; i += 4) {
      const v = load4(place(x, i), count - i);
      high = f32x4.max(high, v);
      low = f32x4.max(low, f32x4.neg(v));
    }
    const top = maxLanes(high), bottom = maxLanes(low);
    const scale = bottom > top ? -bottom : top, inverse: f32 = scale != 0 ? 1 / scale : 0;
    store<f32>(place(args.scales, b), scale);
    for (let i = 0; i < count; i++) {
      const value = load<f32>(place(x, i));
      let code = nearest(table, value * inverse);
      if (args.keepsPositive && value > 0 && load<f32>(place(table, code)) == 0) code++;
      store<u8>(args.codes + <usize>(first + i), <u8>code);
    }
  }
}
