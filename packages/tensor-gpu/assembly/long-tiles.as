/**
 * @file Products of many rows of activations with rows of K types: the bits of `longDots`. Of 16 rows of the weight at a time a
 * panel is made of words, each with four levels of one of them, and beside it their factors and steps.
 */
import { place } from "./arguments";
import { blockRowBytes, unpackRow } from "./block-levels";
import { CompactFormat, loadHalf } from "./compact";
import { CompactDots } from "./compact-dots";
import { LONG, LONG_BYTES, leastFactors, signedFactors, stepOffset, SUMS_16, SUMS_32 } from "./long-rows";
import { scratchArea } from "./scratch";
import { addSums, isSigned, putTile, STRIP, SUMS_BYTES, transposeWords, WORDS_BYTES } from "./whole-tiles";

/** Bytes of 16 factors of 16 rows as words, of eight pairs of those that sums of activations are multiplied by, and of two steps. */
const BLOCK_FACTORS: usize = 1664;
const PAIRS_AT: usize = 1024;
const STEPS_AT: usize = 1536;

/** Eight factors at `from` go to every 16th word at `to`, twice in each. */
@inline function spread(from: usize, to: usize): void {
  for (let i: usize = 0; i < 8; i++) store<u32>(to + (i << 6), <u32>load<u16>(from + (i << 1)) * 0x10001);
}

/** Eight 16-bit numbers go to every 16th word at `to`, two in each. */
@inline function spreadPairs(pairs: v128, to: usize): void {
  v128.store32_lane(to, pairs, 0); v128.store32_lane(to, pairs, 1, 64);
  v128.store32_lane(to, pairs, 2, 128); v128.store32_lane(to, pairs, 3, 192);
}

/** The factors and steps of a row of the weight, as one of 16. */
function packFactors(format: i32, p: usize, k: i32, to: usize, area: usize): void {
  const isSix = format == CompactFormat.q6_k, bytes = blockRowBytes(format, LONG);
  for (; k > 0; k -= LONG, p += bytes, to += BLOCK_FACTORS) {
    if (isSix) {
      for (let half: usize = 0; half < 2; half++) {
        spreadPairs(signedFactors(p + 192 + (half << 3), area), to + PAIRS_AT + (half << 8));
        spread(area, to + (half << 9));
      }
    } else {
      spreadPairs(leastFactors(p, area), to + PAIRS_AT);
      spread(area, to);
      store<f32>(to, loadHalf(p + 2), STEPS_AT + 64);
    }
    store<f32>(to, loadHalf(p + stepOffset(format)), STEPS_AT);
  }
}

/** Unpacks `count` rows of the weight, the last of them again where a strip has fewer. */
function packLong(format: i32, rows: usize, count: i32, k: i32, panel: usize, factors: usize, area: usize): void {
  const bytes = blockRowBytes(format, k), rowBytes = <usize>k, rest = area + 4 * rowBytes;
  for (let first = 0; first < STRIP; first += 4) {
    for (let i = 0; i < 4; i++) {
      const p = rows + <usize>min(first + i, count - 1) * bytes;
      unpackRow(format, p, k, area + <usize>i * rowBytes, rest);
      packFactors(format, p, k, place(factors, first + i), rest);
    }
    const to = panel + (<usize>first << 2);
    for (let at: usize = 0; at < rowBytes; at += 16) transposeWords(area + at, rowBytes, to + at * 16);
  }
}

/** Four whole sums of a block, at c, are added to those of floats, and what is taken from these to its own. */
@inline function endBlock(isSix: bool, c: usize, q: usize, factors: usize): void {
  let taken = i32x4.splat(0);
  for (let pair: usize = 0, pairs: usize = isSix ? 8 : 4; pair < pairs; pair++) {
    const sums = v128.load32_splat(q + (isSix ? SUMS_16 : SUMS_32) + (pair << 2));
    taken = i32x4.add(taken, i32x4.dot_i16x8_s(v128.load(factors + PAIRS_AT + (pair << 6)), sums));
  }
  const step = v128.load(q), whole = v128.load(c), sum = isSix ? i32x4.sub(whole, i32x4.shl(taken, 5)) : whole;
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(v128.load(factors, STEPS_AT), step));
  v128.store(c, f32x4.add(v128.load(c, 128), scaled), 128);
  if (isSix) return;
  const least = f32x4.mul(f32x4.convert_i32x4_s(taken), f32x4.mul(v128.load(factors, STEPS_AT + 64), step));
  v128.store(c, f32x4.add(v128.load(c, 256), least), 256);
}

/** A tile of 4 × 8: whole sums at c, those of floats 128 bytes behind and what is taken from these in the end 256. */
function tileLong(
  format: i32, signed: bool, q: usize, r: usize, u: usize, v: usize, k: i32, panel: usize, factors: usize, c: usize,
): void {
  const isSix = format == CompactFormat.q6_k, words: usize = isSix ? 2 : format == CompactFormat.q5_k ? 4 : 8;
  memory.fill(c + SUMS_BYTES, 0, 2 * SUMS_BYTES);
  for (; k > 0; k -= LONG, panel += 64 * WORDS_BYTES, factors += BLOCK_FACTORS) {
    memory.fill(c, 0, SUMS_BYTES);
    addSums(signed, LONG, words, words == 8 ? 1 : 2, q + 16, r + 16, u + 16, v + 16, panel, factors, c);
    for (let j: usize = 0; j < 32; j += 16) {
      endBlock(isSix, c + j, q, factors + j); endBlock(isSix, c + 32 + j, r, factors + j);
      endBlock(isSix, c + 64 + j, u, factors + j); endBlock(isSix, c + 96 + j, v, factors + j);
    }
    q += LONG_BYTES; r += LONG_BYTES; u += LONG_BYTES; v += LONG_BYTES;
  }
  for (let i: usize = 0; i < SUMS_BYTES; i += 16) v128.store(c + i, f32x4.sub(v128.load(c + i, 128), v128.load(c + i, 256)));
}

/** out (m×n) = or += x·rowsᵀ for many rows x. An item is 16 rows of the weight. */
export function longTiles(args: CompactDots, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k, format = args.format, signed = isSigned(min(m, 1));
  const xBytes = <usize>(k >> 8) * LONG_BYTES, bytes = blockRowBytes(format, k);
  const c = scratchArea(), factors = c + 3 * SUMS_BYTES, panel = factors + <usize>(k >> 8) * BLOCK_FACTORS;
  const area = panel + (<usize>k << 4);
  for (let strip = begin; strip < end; strip++) {
    const first = strip * STRIP, count = min(STRIP, n - first);
    packLong(format, args.rows + <usize>first * bytes, count, k, panel, factors, area);
    for (let row = 0; row < m; row += 4) {
      const q = args.quantized + <usize>row * xBytes, r = args.quantized + <usize>min(row + 1, m - 1) * xBytes;
      const u = args.quantized + <usize>min(row + 2, m - 1) * xBytes, v = args.quantized + <usize>min(row + 3, m - 1) * xBytes;
      for (let j = 0; j < count; j += 8) {
        const from = panel + (<usize>j << 2), own = factors + (<usize>j << 2);
        tileLong(format, signed, q, r, u, v, k, from, own, c);
        putTile(c, min(4, m - row), min(8, count - j), place(args.out, row * n + first + j), n, args.accumulate != 0);
      }
    }
  }
}
