/**
 * @file Products of many rows of activations with rows of blocks, in whole numbers: 16 rows of the weight at a time are unpacked to a
 * panel of words, each with four bytes (int8: two 16-bit numbers) of each of them, and multiplied by four rows of activations.
 */
import { place } from "./arguments";
import { ACTIVATION_BYTES } from "./block-dots";
import { blockRowBytes, GROUP, offsetShift, PAIR_BYTES, unpackRow } from "./block-levels";
import { BLOCK_BYTES, CompactFormat, largest, loadHalf } from "./compact";
import { CompactDots, LEAST_STEP, QuantizeRows, wholes } from "./compact-dots";
import { everySum } from "./long-rows";
import { scratchArea } from "./scratch";
import { addSums, isSigned, putTile, STRIP, SUMS_BYTES, transposeWords, WORDS_BYTES } from "./whole-tiles";

/** Bytes of what stands beside a group of each: all steps, then ones as factors of whole sums. */
const FLOATS_BYTES: usize = 128;

/** Rows of activations as scales and 16-bit numbers per group of 32. An item is one row. */
export function quantizeWide(args: QuantizeRows, begin: i32, end: i32): void {
  const k = args.k, groups = <usize>((k + 31) >> 5);
  for (let row = begin; row < end; row++) {
    let x = place(args.x, row * k), out = args.out + <usize>row * groups * ACTIVATION_BYTES;
    for (let left = k; left > 0; left -= GROUP, x += 128, out += ACTIVATION_BYTES) {
      const step = largest(x, min(GROUP, left)) / 127;
      const inverse = f32x4.splat(step > LEAST_STEP ? 1 / step : 0);
      v128.store(out, f32x4.splat(step));
      for (let i = 0; i < GROUP; i += 8) v128.store(out + 16 + (<usize>i << 1), wholes(place(x, i), left - i, inverse));
    }
  }
}

/** Blocks of int8 as 16-bit numbers, and the scale of each. */
function unpackInt8(p: usize, k: i32, words: usize, pairs: usize): void {
  for (; k > 0; k -= GROUP, p += BLOCK_BYTES, words += 64, pairs += PAIR_BYTES) {
    const a = v128.load(p, 2), b = v128.load(p, 18);
    v128.store(words, i16x8.extend_low_i8x16_s(a)); v128.store(words, i16x8.extend_high_i8x16_s(a), 16);
    v128.store(words, i16x8.extend_low_i8x16_s(b), 32); v128.store(words, i16x8.extend_high_i8x16_s(b), 48);
    store<f32>(pairs, loadHalf(p));
  }
}

/** Unpacks `count` rows of the weight, the last of them again where a strip has fewer. */
function packStrip(format: i32, rows: usize, count: i32, k: i32, panel: usize, floats: usize, area: usize): void {
  const isInt8 = format == CompactFormat.int8, groups = <usize>((k + 31) >> 5);
  const bytes = isInt8 ? groups * BLOCK_BYTES : blockRowBytes(format, k);
  const rowBytes = groups << (isInt8 ? 6 : 5), pairs = area + 4 * rowBytes;
  for (let first = 0; first < STRIP; first += 4) {
    for (let i = 0; i < 4; i++) {
      const p = rows + <usize>min(first + i, count - 1) * bytes, to = area + <usize>i * rowBytes;
      if (isInt8) unpackInt8(p, k, to, pairs);
      else unpackRow(format, p, k, to, pairs);
      for (let g: usize = 0, out = place(floats, first + i); g < groups; g++, out += FLOATS_BYTES) {
        store<f32>(out, load<f32>(pairs + g * PAIR_BYTES));
        store<u32>(out, 0x10001, 64);
      }
    }
    const to = panel + (<usize>first << 2);
    for (let at: usize = 0; at < rowBytes; at += 16) transposeWords(area + at, rowBytes, to + at * 16);
  }
}

/** Adds two vectors of whole sums, each times its steps and the activations' scale, to sums at c. */
@inline function apply(c: usize, s: v128, t: v128, steps: usize, q: usize): void {
  const scale = v128.load(q);
  v128.store(c, f32x4.add(v128.load(c), f32x4.mul(f32x4.convert_i32x4_s(s), f32x4.mul(v128.load(steps), scale))));
  v128.store(c, f32x4.add(v128.load(c, 16), f32x4.mul(f32x4.convert_i32x4_s(t), f32x4.mul(v128.load(steps, 16), scale))), 16);
}

/** What is taken from the sums of a group. */
@inline function takenFrom(q: usize, shift: i32): v128 {
  return i32x4.shl(everySum(i32x4.add(v128.load(q, 48), v128.load(q, 64))), shift);
}

/** A group's whole sums of a row of activations, at c, are added to those of floats behind them. */
@inline function endGroup(c: usize, q: usize, floats: usize, shift: i32): void {
  const taken = takenFrom(q, shift);
  apply(c + SUMS_BYTES, i32x4.sub(v128.load(c), taken), i32x4.sub(v128.load(c, 16), taken), floats, q);
}

/** Four rows of activations times eight rows of levels: whole sums at c, those of floats, [4][8], behind them. */
function tileLevels(
  format: i32, signed: bool, q: usize, r: usize, u: usize, v: usize, k: i32, panel: usize, floats: usize, c: usize,
): void {
  const isFive = format == CompactFormat.q5_0, words: usize = isFive ? 4 : 8, runs: usize = isFive ? 2 : 1;
  const shift = offsetShift(format);
  for (; k > 0; k -= GROUP, floats += FLOATS_BYTES, panel += 8 * WORDS_BYTES) {
    memory.fill(c, 0, SUMS_BYTES);
    addSums(signed, GROUP, words, runs, q + 16, r + 16, u + 16, v + 16, panel, floats + 64, c);
    endGroup(c, q, floats, shift); endGroup(c + 32, r, floats, shift);
    endGroup(c + 64, u, floats, shift); endGroup(c + 96, v, floats, shift);
    q += ACTIVATION_BYTES; r += ACTIVATION_BYTES; u += ACTIVATION_BYTES; v += ACTIVATION_BYTES;
  }
}

@inline function dotPairs(x: v128, b: v128, s: v128): v128 {
  return i32x4.add(s, i32x4.dot_i16x8_s(x, b));
}

/** The same for int8, with 16-bit numbers. */
function tileInt8(q: usize, r: usize, u: usize, v: usize, k: i32, panel: usize, floats: usize, c: usize): void {
  for (; k > 0; k -= GROUP, floats += FLOATS_BYTES) {
    let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
    for (let at: usize = 0; at < 64; at += 4, panel += WORDS_BYTES) {
      const b = v128.load(panel), d = v128.load(panel, 16);
      const x0 = v128.load32_splat(q + at, 16); s0 = dotPairs(x0, b, s0); t0 = dotPairs(x0, d, t0);
      const x1 = v128.load32_splat(r + at, 16); s1 = dotPairs(x1, b, s1); t1 = dotPairs(x1, d, t1);
      const x2 = v128.load32_splat(u + at, 16); s2 = dotPairs(x2, b, s2); t2 = dotPairs(x2, d, t2);
      const x3 = v128.load32_splat(v + at, 16); s3 = dotPairs(x3, b, s3); t3 = dotPairs(x3, d, t3);
    }
    apply(c, s0, t0, floats, q); apply(c + 32, s1, t1, floats, r);
    apply(c + 64, s2, t2, floats, u); apply(c + 96, s3, t3, floats, v);
    q += ACTIVATION_BYTES; r += ACTIVATION_BYTES; u += ACTIVATION_BYTES; v += ACTIVATION_BYTES;
  }
}

/** out (m×n) = or += x·rowsᵀ for many rows x. An item is 16 rows of the weight. */
export function blockTiles(args: CompactDots, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k, format = args.format, isInt8 = format == CompactFormat.int8;
  const groups = <usize>((k + 31) >> 5), xBytes = groups * ACTIVATION_BYTES;
  const bytes = isInt8 ? groups * BLOCK_BYTES : blockRowBytes(format, k);
  const sums = scratchArea() + SUMS_BYTES, signed = isSigned(min(m, 1)), floats = sums + SUMS_BYTES, panel = floats + groups * FLOATS_BYTES;
  const area = panel + groups * WORDS_BYTES * (isInt8 ? 16 : 8);
  for (let strip = begin; strip < end; strip++) {
    const first = strip * STRIP, count = min(STRIP, n - first);
    packStrip(format, args.rows + <usize>first * bytes, count, k, panel, floats, area);
    for (let row = 0; row < m; row += 4) {
      const q = args.quantized + <usize>row * xBytes, r = args.quantized + <usize>min(row + 1, m - 1) * xBytes;
      const u = args.quantized + <usize>min(row + 2, m - 1) * xBytes, v = args.quantized + <usize>min(row + 3, m - 1) * xBytes;
      for (let j = 0; j < count; j += 8) {
        memory.fill(sums, 0, SUMS_BYTES);
        const from = panel + (<usize>j << 2), own = floats + (<usize>j << 2);
        if (isInt8) tileInt8(q, r, u, v, k, from, own, sums);
        else tileLevels(format, signed, q, r, u, v, k, from, own, sums - SUMS_BYTES);
        putTile(sums, min(4, m - row), min(8, count - j), place(args.out, row * n + first + j), n, args.accumulate != 0);
      }
    }
  }
}
