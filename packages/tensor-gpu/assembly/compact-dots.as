/** @file Products of a few rows with weights in fewer bits; `compact.as` says how these lie. */
import { Flag, place } from "./arguments";
import { BLOCK, BLOCK_BYTES, CompactFormat, highFloats, largest, loadHalf, lowFloats, rowBytes, widenRow } from "./compact";
import { FEW_DEPTH, isFew, multiplyFew, packFew } from "./few-rows";
import { load4 } from "./lanes";
import { madd, sumLanes } from "./math";
import { scratchArea } from "./scratch";
import { dotProducts } from "./vectors";

@unmanaged export class QuantizeRows {
  x: usize;
  out: usize;
  k: i32;
}

/** Steps whose inverse is finite. What is smaller becomes 0. */
export const LEAST_STEP: f32 = 1.2e-38;

/** Bytes of a block of 32 numbers as the dot products read them: four times its scale, then 32 int16s. */
const WIDE_BLOCK_BYTES: usize = 80;

/** Eight numbers of x, of which `left` are there, as whole numbers. */
@inline export function wholes(x: usize, left: i32, inverse: v128): v128 {
  const a = left > 0 ? load4(x, left) : f32x4.splat(0), b = left > 4 ? load4(x + 16, left - 4) : f32x4.splat(0);
  return i16x8.narrow_i32x4_s(
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(a, inverse))),
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(b, inverse))),
  );
}

/**
 * Rows of activations as scales and whole numbers from −127 to 127 per block. Of each sixteen the even ones come first, then
 * the odd ones, 256 times as large, as `dotBlock` wants them. An item is one row.
 */
export function quantizeRows(args: QuantizeRows, begin: i32, end: i32): void {
  const k = args.k, blocks = <usize>((k + 31) >> 5);
  for (let row = begin; row < end; row++) {
    let x = place(args.x, row * k), out = args.out + <usize>row * blocks * WIDE_BLOCK_BYTES;
    for (let left = k; left > 0; left -= BLOCK, x += 128, out += WIDE_BLOCK_BYTES) {
      const scale = largest(x, min(BLOCK, left)) / 127;
      const inverse = f32x4.splat(scale > LEAST_STEP ? 1 / scale : 0);
      v128.store(out, f32x4.splat(scale));
      for (let i = 0; i < BLOCK; i += 16) {
        const from = x + (<usize>i << 2), to = out + 16 + (<usize>i << 1);
        const a = wholes(from, left - i, inverse), b = wholes(from + 32, left - i - 8, inverse);
        v128.store(to, v128.shuffle<i16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14));
        v128.store(to, i16x8.shl(v128.shuffle<i16>(a, b, 1, 3, 5, 7, 9, 11, 13, 15), 8), 16);
      }
    }
  }
}

/**
 * 256 times the dot product of a block of int8 with the numbers of a block of `quantizeRows`, in four parts. Two int8s are one
 * int16: shifted left it is the even one times 256, shifted right the odd one. The sums stay below 2²⁶.
 */
@inline function dotBlock(p: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const a = v128.load(p, 2), b = v128.load(p, 18);
  return f32x4.convert_i32x4_s(i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(i16x8.shl(a, 8), x0), i32x4.dot_i16x8_s(i16x8.shr_s(a, 8), x1)),
    i32x4.add(i32x4.dot_i16x8_s(i16x8.shl(b, 8), x2), i32x4.dot_i16x8_s(i16x8.shr_s(b, 8), x3)),
  ));
}

/** The scale of a block of int8 over the 256 of `dotBlock`. */
@inline function scaleOf(p: usize): v128 {
  return f32x4.splat(loadHalf(p, 0.00390625));
}

/** s + dots · scale, never fused: every build gives the same bits. */
@inline function addScaled(s: v128, dots: v128, scale: v128): v128 {
  return f32x4.add(s, f32x4.mul(dots, scale));
}

/** One row of int8 blocks with one row of `quantizeRows`. */
function dotInt8(p: usize, q: usize, k: i32): f32 {
  let s = f32x4.splat(0);
  for (; k > 0; k -= BLOCK, p += BLOCK_BYTES, q += WIDE_BLOCK_BYTES) {
    const dots = dotBlock(p, v128.load(q, 16), v128.load(q, 32), v128.load(q, 48), v128.load(q, 64));
    s = addScaled(s, dots, f32x4.mul(scaleOf(p), v128.load(q)));
  }
  return sumLanes(s);
}

@inline export function put(at: usize, s: f32, accumulate: bool): void {
  store<f32>(at, accumulate ? load<f32>(at) + s : s);
}

/** As `dotInt8` for two rows, at p and r, whose results go to c and d. */
function pairInt8(p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  let s = f32x4.splat(0), t = s;
  for (; k > 0; k -= BLOCK, p += BLOCK_BYTES, r += BLOCK_BYTES, q += WIDE_BLOCK_BYTES) {
    const x0 = v128.load(q, 16), x1 = v128.load(q, 32), x2 = v128.load(q, 48), x3 = v128.load(q, 64);
    const scale = v128.load(q);
    s = addScaled(s, dotBlock(p, x0, x1, x2, x3), f32x4.mul(scaleOf(p), scale));
    t = addScaled(t, dotBlock(r, x0, x1, x2, x3), f32x4.mul(scaleOf(r), scale));
  }
  put(c, sumLanes(s), accumulate);
  put(d, sumLanes(t), accumulate);
}

/** One row of bfloat16 groups with one row of floats. */
function dotBfloat16(p: usize, q: usize, k: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0;
  for (; k >= 8; k -= 8, p += 16, q += 32) {
    const a = v128.load(p);
    s0 = madd(lowFloats(a), v128.load(q), s0); s1 = madd(highFloats(a), v128.load(q, 16), s1);
  }
  if (k > 0) {
    const a = v128.load(p);
    s0 = madd(lowFloats(a), load4(q, k), s0);
    if (k > 4) s1 = madd(highFloats(a), load4(q + 16, k - 4), s1);
  }
  return sumLanes(f32x4.add(s0, s1));
}

/** As `dotBfloat16` for two rows, at p and r, whose results go to c and d. More than four sums at once would be slower. */
function pairBfloat16(p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  let s0 = f32x4.splat(0), s1 = s0, t0 = s0, t1 = s0;
  while (k >= 8) {
    const a = v128.load(p), x0 = v128.load(q); s0 = madd(lowFloats(a), x0, s0);
    const u = v128.load(r); t0 = madd(lowFloats(u), x0, t0);
    const x1 = v128.load(q, 16); s1 = madd(highFloats(a), x1, s1); t1 = madd(highFloats(u), x1, t1);
    p += 16; r += 16; q += 32; k -= 8;
  }
  if (k > 0) {
    const a = v128.load(p), u = v128.load(r), x = load4(q, k), y = k > 4 ? load4(q + 16, k - 4) : f32x4.splat(0);
    s0 = madd(lowFloats(a), x, s0); s1 = madd(highFloats(a), y, s1);
    t0 = madd(lowFloats(u), x, t0); t1 = madd(highFloats(u), y, t1);
  }
  put(c, sumLanes(f32x4.add(s0, s1)), accumulate);
  put(d, sumLanes(f32x4.add(t0, t1)), accumulate);
}

@unmanaged export class CompactDots {
  out: usize;
  x: usize; // floats
  quantized: usize; // x as `quantizeRows` makes it, or 0
  rows: usize;
  m: i32; // rows of x
  n: i32; // columns of out
  k: i32;
  format: i32; // a CompactFormat
  accumulate: Flag;
}

/** Up to this many rows of x, each is multiplied by bfloat16s on its own. */
const DIRECT_ROWS: i32 = 6;
/** Rows widened at a time. */
const WIDENED: i32 = 24;

/** Rows as floats, then their products with a few rows of x. */
function widenedDots(args: CompactDots, begin: i32, end: i32, bytes: usize): void {
  const m = args.m, n = args.n, k = args.k, accumulate = args.accumulate != 0;
  const isPacked = isFew(m) && k <= FEW_DEPTH, wide = scratchArea();
  if (isPacked) packFew(args.x, k, m, k);
  for (let row = begin; row < end; row += WIDENED) {
    const count = min(WIDENED, end - row), c = place(args.out, row);
    for (let i = 0; i < count; i++) {
      widenRow(args.format, args.rows + <usize>(row + i) * bytes, k, place(wide, i * k));
    }
    if (isPacked) multiplyFew(wide, k, count, m, k, c, n, accumulate);
    else dotProducts(wide, k, count, args.x, k, m, k, c, 1, n, accumulate);
  }
}

/** out (m×n) = or += x·rowsᵀ. An item is one row of the weight, a column of `out`. */
export function compactDots(args: CompactDots, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k, format = args.format, accumulate = args.accumulate != 0;
  const bytes = rowBytes(format, k), blocks = <usize>((k + 31) >> 5) * WIDE_BLOCK_BYTES;
  if (args.quantized == 0 && (m > DIRECT_ROWS || format != CompactFormat.bfloat16)) {
    widenedDots(args, begin, end, bytes);
    return;
  }
  const isInt8 = args.quantized != 0, x = isInt8 ? args.quantized : args.x, xBytes = isInt8 ? blocks : <usize>k << 2;
  const half = (end - begin) >> 1, far = <usize>half * bytes;
  for (let row = begin; row < begin + half; row++) {
    const p = args.rows + <usize>row * bytes;
    for (let i = 0; i < m; i++) {
      const to = place(args.out, i * n + row), q = x + <usize>i * xBytes;
      if (isInt8) pairInt8(p, p + far, q, k, to, place(to, half), accumulate);
      else pairBfloat16(p, p + far, q, k, to, place(to, half), accumulate);
    }
  }
  if (begin + 2 * half == end) return;
  const last = args.rows + <usize>(end - 1) * bytes;
  for (let i = 0; i < m; i++) {
    const q = x + <usize>i * xBytes;
    put(place(args.out, i * n + end - 1), isInt8 ? dotInt8(last, q, k) : dotBfloat16(last, q, k), accumulate);
  }
}
