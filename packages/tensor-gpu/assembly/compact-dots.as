/** @file Products of a few rows with weights in fewer bits; `compact.as` says how these lie. */
import { Flag, place } from "./arguments";
import { BLOCK, BLOCK_BYTES, CompactFormat, highFloats, largest, loadHalf, lowFloats, rowBytes, widenRow } from "./compact";
import { FEW_DEPTH, isFew, multiplyFew, packFew } from "./few-rows";
import { load4 } from "./lanes";
import { madd, sumLanes } from "./math";
import { scratchArea } from "./scratch";
import { dotProducts, hasTwoStreams } from "./vectors";

@unmanaged class QuantizeRows {
  x: usize;
  out: usize;
  k: i32;
}

/** Bytes of a block of 32 numbers as the dot products read them: four times its scale, 32 int16s. */
const WIDE_BLOCK_BYTES: usize = 80;

/** Rows of activations as scales and whole numbers from −127 to 127 per block. An item is one row. */
export function quantizeRows(args: QuantizeRows, begin: i32, end: i32): void {
  const k = args.k, blocks = <usize>((k + 31) >> 5);
  for (let row = begin; row < end; row++) {
    let x = place(args.x, row * k), out = args.out + <usize>row * blocks * WIDE_BLOCK_BYTES;
    for (let left = k; left > 0; left -= BLOCK, x += 128, out += WIDE_BLOCK_BYTES) {
      const scale = largest(x, min(BLOCK, left)) / 127;
      const inverse = f32x4.splat(scale > 0 ? 1 / scale : 0);
      v128.store(out, f32x4.splat(scale));
      for (let i = 0; i < BLOCK; i += 8) {
        const from = x + (<usize>i << 2);
        const a = i < left ? load4(from, left - i) : f32x4.splat(0);
        const b = i + 4 < left ? load4(from + 16, left - i - 4) : f32x4.splat(0);
        v128.store(out + 16 + (<usize>i << 1), i16x8.narrow_i32x4_s(
          i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(a, inverse))),
          i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(b, inverse))),
        ));
      }
    }
  }
}

/** Dot product of a block of int8 with the numbers of a block of `quantizeRows`, in four parts. */
@inline function dotBlock(p: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const a = i32x4.dot_i16x8_s(v128.load_ext<i8>(p, 2), x0), b = i32x4.dot_i16x8_s(v128.load_ext<i8>(p, 10), x1);
  const c = i32x4.dot_i16x8_s(v128.load_ext<i8>(p, 18), x2), d = i32x4.dot_i16x8_s(v128.load_ext<i8>(p, 26), x3);
  return f32x4.convert_i32x4_s(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
}

/** One row of int8 blocks with one row of `quantizeRows`. */
function dotInt8(p: usize, q: usize, k: i32): f32 {
  let s = f32x4.splat(0);
  for (; k > 0; k -= BLOCK, p += BLOCK_BYTES, q += WIDE_BLOCK_BYTES) {
    const dots = dotBlock(p, v128.load(q, 16), v128.load(q, 32), v128.load(q, 48), v128.load(q, 64));
    s = madd(dots, f32x4.mul(f32x4.splat(loadHalf(p)), v128.load(q)), s);
  }
  return sumLanes(s);
}

@inline function put(at: usize, s: f32, accumulate: bool): void {
  store<f32>(at, accumulate ? load<f32>(at) + s : s);
}

/** As `dotInt8` for two rows, at p and r, whose results go to c and d. */
function pairInt8(p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  let s = f32x4.splat(0), t = s;
  for (; k > 0; k -= BLOCK, p += BLOCK_BYTES, r += BLOCK_BYTES, q += WIDE_BLOCK_BYTES) {
    const x0 = v128.load(q, 16), x1 = v128.load(q, 32), x2 = v128.load(q, 48), x3 = v128.load(q, 64);
    const scale = v128.load(q);
    s = madd(dotBlock(p, x0, x1, x2, x3), f32x4.mul(f32x4.splat(loadHalf(p)), scale), s);
    t = madd(dotBlock(r, x0, x1, x2, x3), f32x4.mul(f32x4.splat(loadHalf(r)), scale), t);
  }
  put(c, sumLanes(s), accumulate);
  put(d, sumLanes(t), accumulate);
}

/** One row of bfloat16 groups with one row of floats. */
function dotBfloat16(p: usize, q: usize, k: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; k >= 16; k -= 16, p += 32, q += 64) {
    const a = v128.load(p), b = v128.load(p, 16);
    s0 = madd(v128.load(q), lowFloats(a), s0); s1 = madd(v128.load(q, 16), highFloats(a), s1);
    s2 = madd(v128.load(q, 32), lowFloats(b), s2); s3 = madd(v128.load(q, 48), highFloats(b), s3);
  }
  for (; k > 0; k -= 8, p += 16, q += 32) {
    const words = v128.load(p);
    s0 = madd(load4(q, k), lowFloats(words), s0);
    if (k > 4) s1 = madd(load4(q + 16, k - 4), highFloats(words), s1);
  }
  return sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** As `dotBfloat16` for two rows, at p and r, whose results go to c and d. */
function pairBfloat16(p: usize, r: usize, q: usize, k: i32, c: usize, d: usize, accumulate: bool): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (; k >= 16; k -= 16, p += 32, r += 32, q += 64) {
    const a = v128.load(p), u = v128.load(r), x0 = v128.load(q), x1 = v128.load(q, 16);
    s0 = madd(x0, lowFloats(a), s0); s1 = madd(x1, highFloats(a), s1);
    t0 = madd(x0, lowFloats(u), t0); t1 = madd(x1, highFloats(u), t1);
    const b = v128.load(p, 16), v = v128.load(r, 16), x2 = v128.load(q, 32), x3 = v128.load(q, 48);
    s2 = madd(x2, lowFloats(b), s2); s3 = madd(x3, highFloats(b), s3);
    t2 = madd(x2, lowFloats(v), t2); t3 = madd(x3, highFloats(v), t3);
  }
  for (; k > 0; k -= 8, p += 16, r += 16, q += 32) {
    const a = v128.load(p), u = v128.load(r), x = load4(q, k);
    s0 = madd(x, lowFloats(a), s0); t0 = madd(x, lowFloats(u), t0);
    if (k <= 4) continue;
    const y = load4(q + 16, k - 4);
    s1 = madd(y, highFloats(a), s1); t1 = madd(y, highFloats(u), t1);
  }
  put(c, sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3))), accumulate);
  put(d, sumLanes(f32x4.add(f32x4.add(t0, t1), f32x4.add(t2, t3))), accumulate);
}

@unmanaged class CompactDots {
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

/** Rows of x up to which each meets bfloat16s by itself. */
const DIRECT_ROWS: i32 = 6;
/** Rows that are widened at once. */
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
  let row = begin;
  if (hasTwoStreams(end - begin, bytes)) {
    const half = (end - begin) >> 1, far = <usize>half * bytes;
    for (; row < begin + half; row++) {
      const p = args.rows + <usize>row * bytes;
      for (let i = 0; i < m; i++) {
        const to = place(args.out, i * n + row), q = x + <usize>i * xBytes;
        if (isInt8) pairInt8(p, p + far, q, k, to, place(to, half), accumulate);
        else pairBfloat16(p, p + far, q, k, to, place(to, half), accumulate);
      }
    }
    row += half;
  }
  for (; row < end; row++) {
    const p = args.rows + <usize>row * bytes;
    for (let i = 0; i < m; i++) {
      const q = x + <usize>i * xBytes;
      put(place(args.out, i * n + row), isInt8 ? dotInt8(p, q, k) : dotBfloat16(p, q, k), accumulate);
    }
  }
}
