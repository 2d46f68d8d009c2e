import { place } from "./arguments";
import { expScores, hideForeign, hideMasked } from "./attention-rows";
import {
  Attention, BLOCK_ROWS, blockRows, headAt, maskOf, ownSegment, rowAt, rowLength, segmentsOf, visibleKeys,
} from "./attention-shape";
import { clearElements, loadPart, storePart } from "./lanes";
import { packAll, productPacked, roundUp8, zeroRows } from "./product";
import { product } from "./product-paths";
import { AREA_BYTES, scratchArea } from "./scratch";

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
  args: Attention, scores: usize, inverse: usize, b: i32, h: i32, first: i32, rows: i32, total: i32,
): void {
  const queries = args.queries, keys = args.keys;
  const index = (b * args.heads + h) * queries + first;
  const probs = args.probs, lse = args.lse;
  const mask = maskOf(args, b), segments = segmentsOf(args, b), scale = args.scale;
  for (let i = 0; i < rows; i++) {
    const row = place(scores, i * rowLength(keys)), n = visibleKeys(args, first + i);
    const own = ownSegment(args, segments, first + i);
    const sum = expScores(row, n, total, scale, mask, segments, own, lse ? place(lse, index + i) : 0);
    const factor: f32 = sum == 0 ? 0 : 1 / sum;
    store<f32>(place(inverse, i), factor);
    if (!probs) continue;
    const to = place(probs, (index + i) * keys);
    scaleRow(to, row, n, factor);
    if (mask && factor != factor) hideMasked(to, mask, n, 0);
    if (segments && factor != factor) hideForeign(to, segments, own, n, 0);
    clearElements(place(to, n), keys - n);
  }
}

/** Queries first … last − 1 of one head. */
function attendPart(args: Attention, b: i32, h: i32, first: i32, last: i32): void {
  const keys = args.keys, d = args.d, valueD = args.valueD;
  const heads = args.heads, keyHead = h * args.keyHeads / heads;
  const k = headAt(args.k, args.kBatch, args.kRow, args.kHead, b, 0, keyHead), kRow = args.kRow;
  const v = headAt(args.v, args.vBatch, args.vRow, args.vHead, b, 0, keyHead), vRow = args.vRow;
  const outRow = heads * valueD, step = blockRows(keys, SCORE_FLOATS, BLOCK_ROWS), length = rowLength(keys);
  const seen = visibleKeys(args, last - 1), seen8 = roundUp8(seen);
  const scores = scratchArea(), inverse = place(scores, SCORE_FLOATS);
  const packedK = place(inverse, 64), packedV = place(packedK, seen8 * d);
  const room = <i32>(AREA_BYTES >> 2) - SCORE_FLOATS - 64;
  const packs = args.queries >= PACK_QUERIES && seen8 <= room / (d + roundUp8(valueD));
  if (packs) {
    packAll(k, 1, kRow, d, seen, packedK);
    packAll(v, vRow, 1, seen, valueD, packedV);
  }
  for (let i = first; i < last; i += step) {
    const rows = min(step, last - i), total = visibleKeys(args, i + rows - 1);
    const q = headAt(args.q, args.qBatch, args.qRow, args.qHead, b, i, h), qRow = args.qRow;
    const out = rowAt(args.out, b, i, h, args.queries, heads, valueD);
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
export function attention(args: Attention, begin: i32, end: i32): void {
  const parts = args.parts, heads = args.heads, queries = args.queries;
  const step = blockRows(args.keys, SCORE_FLOATS, BLOCK_ROWS);
  const partRows = ((queries + parts - 1) / parts + step - 1) / step * step;
  for (let item = begin; item < end; item++) {
    const pair = item / parts, first = (parts - 1 - item % parts) * partRows;
    if (first < queries) attendPart(args, pair / heads, pair % heads, first, min(queries, first + partRows));
  }
}
