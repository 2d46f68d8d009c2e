import { expScores, hideMasked } from "./attention-rows";
import { BLOCK_ROWS, blockRows, headAt, maskOf, rowAt, rowLength, Slot, visibleKeys } from "./attention-shape";
import { clearElements, loadPart, storePart } from "./lanes";
import { packAll, product, productPacked, roundUp8, zeroRows } from "./product";
import { AREA_BYTES, scratchArea } from "./scratch";
import { addressAt, floatAt, intAt, place } from "./slots";

/** Floats of the work area for scores; the rest is for the packed keys and values. */
const SCORE_FLOATS: i32 = 1 << 18;
/** Queries below which packing keys and values costs more than it saves. */
const PACK_QUERIES: i32 = 12;

function scaleRow(out: usize, from: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; n >= 4; n -= 4, out += 16, from += 16) v128.store(out, f32x4.mul(v128.load(from), f));
  if (n > 0) storePart(out, f32x4.mul(loadPart(from, n), f), n);
}

/**
 * Softmax of a block of scores, in place but for a factor 1/sum of each row, which is left at `inverse`, to be multiplied
 * in later. Where probabilities are to be kept they are complete.
 */
function softmaxBlock(
  args: usize, scores: usize, inverse: usize, b: i32, h: i32, first: i32, rows: i32, total: i32,
): void {
  const queries = intAt(args, Slot.queries), keys = intAt(args, Slot.keys);
  const index = (b * intAt(args, Slot.heads) + h) * queries + first;
  const probs = addressAt(args, Slot.probs), lse = addressAt(args, Slot.lse);
  const mask = maskOf(args, b), scale = floatAt(args, Slot.scale);
  for (let i = 0; i < rows; i++) {
    const row = place(scores, i * rowLength(keys)), n = visibleKeys(args, first + i);
    const sum = expScores(row, n, total, scale, mask, lse ? place(lse, index + i) : 0);
    const factor: f32 = sum == 0 ? 0 : 1 / sum;
    store<f32>(place(inverse, i), factor);
    if (!probs) continue;
    const to = place(probs, (index + i) * keys);
    scaleRow(to, row, n, factor);
    if (mask && factor != factor) hideMasked(to, mask, n, 0);
    clearElements(place(to, n), keys - n);
  }
}

/** Queries first … last − 1 of one head. */
function attendPart(args: usize, b: i32, h: i32, first: i32, last: i32): void {
  const keys = intAt(args, Slot.keys), d = intAt(args, Slot.d), valueD = intAt(args, Slot.valueD);
  const heads = intAt(args, Slot.heads), keyHead = h * intAt(args, Slot.keyHeads) / heads;
  const k = headAt(args, Slot.k, Slot.kStrides, b, 0, keyHead), kRow = intAt(args, Slot.kStrides + 1);
  const v = headAt(args, Slot.v, Slot.vStrides, b, 0, keyHead), vRow = intAt(args, Slot.vStrides + 1);
  const outRow = heads * valueD, step = blockRows(keys, SCORE_FLOATS, BLOCK_ROWS), length = rowLength(keys);
  const seen = visibleKeys(args, last - 1), seen8 = roundUp8(seen);
  const scores = scratchArea(), inverse = place(scores, SCORE_FLOATS);
  const packedK = place(inverse, 64), packedV = place(packedK, seen8 * d);
  const room = <i32>(AREA_BYTES >> 2) - SCORE_FLOATS - 64;
  const packs = intAt(args, Slot.queries) >= PACK_QUERIES && seen8 <= room / (d + roundUp8(valueD));
  if (packs) {
    packAll(k, 1, kRow, d, seen, packedK);
    packAll(v, vRow, 1, seen, valueD, packedV);
  }
  for (let i = first; i < last; i += step) {
    const rows = min(step, last - i), total = visibleKeys(args, i + rows - 1);
    const q = headAt(args, Slot.q, Slot.qStrides, b, i, h), qRow = intAt(args, Slot.qStrides + 1);
    const out = rowAt(addressAt(args, Slot.out), b, i, h, intAt(args, Slot.queries), heads, valueD);
    if (packs) productPacked(q, qRow, 1, packedK, d, seen, 0, scores, length, rows, total, d, 0, 0);
    else product(q, qRow, 1, k, 1, kRow, scores, length, rows, total, d, false);
    softmaxBlock(args, scores, inverse, b, h, i, rows, total);
    if (total == 0) zeroRows(out, outRow, rows, valueD);
    else if (packs) productPacked(scores, length, 1, packedV, seen, valueD, 0, out, outRow, rows, valueD, total, 0, 0);
    else product(scores, length, 1, v, vRow, 1, out, outRow, rows, valueD, total, false);
    for (let r = 0; r < rows; r++) {
      const row = place(out, r * outRow);
      scaleRow(row, row, valueD, load<f32>(place(inverse, r)));
    }
  }
}

/** Items are parts of heads of images, in each head the last queries first: under a causal mask they take longest. */
export function attention(args: usize, begin: i32, end: i32): void {
  const parts = intAt(args, Slot.parts), heads = intAt(args, Slot.heads), queries = intAt(args, Slot.queries);
  const step = blockRows(intAt(args, Slot.keys), SCORE_FLOATS, BLOCK_ROWS);
  const partRows = ((queries + parts - 1) / parts + step - 1) / step * step;
  for (let item = begin; item < end; item++) {
    const pair = item / parts, first = (parts - 1 - item % parts) * partRows;
    if (first < queries) attendPart(args, pair / heads, pair % heads, first, min(queries, first + partRows));
  }
}
