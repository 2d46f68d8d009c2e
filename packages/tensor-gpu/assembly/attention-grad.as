import { place } from "./arguments";
import { probabilities, scoreGradient } from "./attention-rows";
import {
  Attention, BLOCK_ROWS, blockRows, headAt, maskOf, ownSegment, rowAt, rowLength, segmentsOf, visibleKeys,
} from "./attention-shape";
import { packAll, productPacked, roundUp8, zeroRows } from "./product";
import { product } from "./product-paths";
import { rowDot } from "./row-sums";
import { AREA_BYTES, scratchArea } from "./scratch";

/** Floats of the work area for a block's probabilities, and as many for their gradient. */
const SCORE_FLOATS: i32 = 1 << 17;

/** Queries whose part in dk and dv is one product: as many as a packed block has steps, in whole blocks of rows. */
const MOST_ROWS: i32 = 240;
/** The same where a head is cut into parts. */
const ROWS_OF_PART: i32 = 48;

@unmanaged class AttentionGrad extends Attention {
  dout: usize;
  dq: usize;
  dk: usize;
  dv: usize;
  dkPart: i32; // elements from the sums of one part to the next
  dvPart: i32;
}

/** What is fixed while a thread works on one key head; private to it, as every thread has its own instance. */
let k: usize = 0, v: usize = 0, dk: usize = 0, dv: usize = 0;
let packs: bool = false;
let packedK: usize = 0, packedV: usize = 0, packedKeysDown: usize = 0, packedRows: usize = 0;

function openHead(args: AttentionGrad, b: i32, keyHead: i32, part: i32): void {
  const keys = args.keys, keyHeads = args.keyHeads;
  const d = args.d, valueD = args.valueD;
  const kRow = args.kRow, vRow = args.vRow;
  k = headAt(args.k, args.kBatch, args.kRow, args.kHead, b, 0, keyHead);
  v = headAt(args.v, args.vBatch, args.vRow, args.vHead, b, 0, keyHead);
  dk = place(rowAt(args.dk, b, 0, keyHead, keys, keyHeads, d), part * args.dkPart);
  dv = place(rowAt(args.dv, b, 0, keyHead, keys, keyHeads, valueD), part * args.dvPart);
  const keys8 = roundUp8(keys), forRows = MOST_ROWS * max(roundUp8(d), roundUp8(valueD));
  const room = <i32>(AREA_BYTES >> 2) - 2 * SCORE_FLOATS - forRows;
  packs = args.queries >= 12 && keys8 <= room / (d + valueD + roundUp8(d));
  if (!packs) return;
  packedRows = place(scratchArea(), 2 * SCORE_FLOATS);
  packedK = place(packedRows, forRows);
  packedV = place(packedK, keys8 * d);
  packedKeysDown = place(packedV, keys8 * valueD);
  if (!args.probs) packAll(k, 1, kRow, d, keys, packedK);
  packAll(v, 1, vRow, valueD, keys, packedV);
  packAll(k, kRow, 1, keys, d, packedKeysDown);
}

/** Probabilities of a block of queries, recomputed from their scores and ln Σ. */
function recompute(args: Attention, p: usize, b: i32, h: i32, first: i32, rows: i32, total: i32, clear: i32): void {
  const keys = args.keys, d = args.d, length = rowLength(keys);
  const q = headAt(args.q, args.qBatch, args.qRow, args.qHead, b, first, h), qRow = args.qRow;
  if (packs) productPacked(q, qRow, 1, packedK, d, keys, 0, p, length, rows, total, d, 0, 0);
  else product(q, qRow, 1, k, 1, args.kRow, p, length, rows, total, d, false);
  const index = (b * args.heads + h) * args.queries + first;
  const mask = maskOf(args, b), segments = segmentsOf(args, b);
  for (let i = 0; i < rows; i++) {
    const lse = load<f32>(place(args.lse, index + i));
    const n = visibleKeys(args, first + i);
    const own = ownSegment(args, segments, first + i);
    probabilities(place(p, i * length), n, clear, args.scale, mask, segments, own, lse);
  }
}

/** A block of queries: the gradient of their scores to `ds`, their dq; their probabilities to `p` unless these were kept. */
function queryGradient(args: AttentionGrad, b: i32, h: i32, first: i32, rows: i32, p: usize, pRow: i32, ds: usize): void {
  const keys = args.keys, heads = args.heads, queries = args.queries;
  const d = args.d, valueD = args.valueD;
  const total = visibleKeys(args, first + rows - 1), length = rowLength(keys);
  const dq = rowAt(args.dq, b, first, h, queries, heads, d);
  if (total == 0) return zeroRows(dq, heads * d, rows, d);
  // A block of keys that the last query sees in part is read to its end.
  const clear = min(keys, total + BLOCK_ROWS);
  const dout = rowAt(args.dout, b, first, h, queries, heads, valueD), outRow = heads * valueD;
  const out = rowAt(args.out, b, first, h, queries, heads, valueD);
  if (!args.probs) recompute(args, p, b, h, first, rows, total, clear);
  if (packs) productPacked(dout, outRow, 1, packedV, valueD, keys, 0, ds, length, rows, total, valueD, 0, 0);
  else product(dout, outRow, 1, v, 1, args.vRow, ds, length, rows, total, valueD, false);
  for (let i = 0; i < rows; i++) {
    const mean = rowDot(place(dout, i * outRow), place(out, i * outRow), valueD), n = visibleKeys(args, first + i);
    scoreGradient(place(ds, i * length), place(p, i * pRow), n, clear, mean, args.scale);
  }
  if (packs) productPacked(ds, length, 1, packedKeysDown, keys, d, 0, dq, heads * d, rows, d, total, 0, 0);
  else product(ds, length, 1, k, args.kRow, 1, dq, heads * d, rows, d, total, false);
}

/**
 * The part of `rows` queries in dk or dv: out [keys, n] = or += xᵀ·y, x [rows, keys] being their probabilities or the
 * gradient of their scores. Blocks of keys take the queries from the first one on that sees any of them.
 */
function keyGradient(
  args: AttentionGrad, first: i32, rows: i32, x: usize, xRow: i32, y: usize, yRow: i32,
  out: usize, outRow: i32, n: i32, accumulate: bool,
): void {
  const keys = args.keys, isCausal = args.causal != 0;
  const step = isCausal ? BLOCK_ROWS : keys;
  if (packs) packAll(y, yRow, 1, rows, n, packedRows);
  for (let key = 0; key < keys; key += step) {
    const m = min(step, keys - key), to = place(out, key * outRow);
    const row = isCausal ? max(0, key - args.queryOffset - first) : 0, depth = rows - row;
    if (depth <= 0) {
      if (!accumulate) zeroRows(to, outRow, keys - key, n);
      return;
    }
    const from = place(x, row * xRow + key);
    if (!packs) product(from, 1, xRow, place(y, row * yRow), yRow, 1, to, outRow, m, n, depth, accumulate);
    else {
      const panels = place(packedRows, row * 8); // a step of a panel is eight floats
      productPacked(from, 1, xRow, panels, rows, n, 0, to, outRow, m, n, depth, accumulate ? to : 0, outRow);
    }
  }
}

/** Some queries of a head: their dq, and what they add to dk and dv, which are overwritten unless `accumulate`. */
function blockGradient(args: AttentionGrad, b: i32, h: i32, first: i32, rows: i32, accumulate: bool): void {
  const keys = args.keys, heads = args.heads, queries = args.queries;
  const d = args.d, valueD = args.valueD, keyHeads = args.keyHeads;
  const probs = args.probs, length = rowLength(keys), pRow = probs ? keys : length;
  const p = probs ? place(probs, ((b * heads + h) * queries + first) * keys) : scratchArea();
  const ds = place(scratchArea(), SCORE_FLOATS);
  for (let i = 0; i < rows; i += BLOCK_ROWS) {
    const block = min(BLOCK_ROWS, rows - i);
    queryGradient(args, b, h, first + i, block, place(p, i * pRow), pRow, place(ds, i * length));
  }
  const dout = rowAt(args.dout, b, first, h, queries, heads, valueD);
  const q = headAt(args.q, args.qBatch, args.qRow, args.qHead, b, first, h), qRow = args.qRow;
  keyGradient(args, first, rows, p, pRow, dout, heads * valueD, dv, keyHeads * valueD, valueD, accumulate);
  keyGradient(args, first, rows, ds, length, q, qRow, dk, keyHeads * d, d, accumulate);
}

/**
 * Items are parts of key heads of images: part p takes every `parts`-th block of the queries of all heads that read
 * this key head, and sums their dk and dv in a place of its own.
 */
export function attentionGrad(args: AttentionGrad, begin: i32, end: i32): void {
  const parts = args.parts, heads = args.heads, keyHeads = args.keyHeads;
  const queries = args.queries, keys = args.keys;
  const step = blockRows(keys, SCORE_FLOATS, parts > 1 ? ROWS_OF_PART : MOST_ROWS);
  const blocks = (queries + step - 1) / step;
  for (let item = begin; item < end; item++) {
    const pair = item / parts, part = item % parts, b = pair / keyHeads, keyHead = pair % keyHeads;
    openHead(args, b, keyHead, part);
    let turn = 0, isFirst = true;
    for (let h = 0; h < heads; h++) {
      if (h * keyHeads / heads != keyHead) continue;
      for (let block = 0; block < blocks; block++, turn++) {
        if (turn % parts != part) continue;
        blockGradient(args, b, h, block * step, min(step, queries - block * step), !isFirst);
        isFirst = false;
      }
    }
    if (isFirst) {
      zeroRows(dk, keyHeads * args.d, keys, args.d);
      zeroRows(dv, keyHeads * args.valueD, keys, args.valueD);
    }
  }
}

@unmanaged class SumParts {
  out: usize;
  parts: usize;
  count: i32;
  size: i32; // elements of a part
}

/** Sums the parts, in order. Items are 256 elements. */
export function sumParts(args: SumParts, begin: i32, end: i32): void {
  const size = args.size, count = args.count;
  for (let i = begin << 8; i < min(size, end << 8); i++) {
    let sum: f32 = 0;
    for (let part = 0; part < count; part++) sum += load<f32>(place(args.parts, part * size + i));
    store<f32>(place(args.out, i), sum);
  }
}
