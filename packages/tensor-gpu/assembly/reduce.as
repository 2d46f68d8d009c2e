/**
 * @file Folds of x [outer, n, inner] over its middle axis. The middle axis is cut into `blocks` of `block` places,
 * whatever the number of threads, and out is [outer, blocks, inner]. A second launch folds the blocks.
 */
import { place } from "./arguments";
import { fold4, foldLanes, identity, Op } from "./reduce-folds";
import { load4, loadPartOr, store4 } from "./lanes";

/** Terms that a single-precision lane adds up before its sum moves on to a second one, as in pairwise summation. */
const STRETCH: i32 = 128;
/** Rows that are folded in all columns before the next rows are read. */
const BAND: i32 = 32;

@inline function isSum(op: Op): bool {
  return op == Op.sum || op == Op.sumSquares;
}

/** Fold of n contiguous elements in sixteen lanes. */
@inline function foldRow(op: Op, x: usize, n: i32): v128 {
  const none = identity(op);
  let total = none;
  while (n >= 16) {
    let a = none, b = none, c = none, d = none;
    let turns = isSum(op) ? min(n >> 4, STRETCH) : n >> 4;
    n -= turns << 4;
    for (; turns > 0; turns--, x += 64) {
      a = fold4(op, a, v128.load(x));
      b = fold4(op, b, v128.load(x, 16));
      c = fold4(op, c, v128.load(x, 32));
      d = fold4(op, d, v128.load(x, 48));
    }
    total = join(op, total, join(op, join(op, a, b), join(op, c, d)));
  }
  for (; n > 0; n -= 4, x += 16) total = fold4(op, total, n >= 4 ? v128.load(x) : loadPartOr(x, n, none));
  return total;
}

/** Partial sums of squares are added, not squared again. */
@inline function join(op: Op, a: v128, b: v128): v128 {
  return op == Op.sumSquares ? f32x4.add(a, b) : fold4(op, a, b);
}

@unmanaged class Fold {
  out: usize;
  x: usize;
  n: i32;
  block: i32;
  blocks: i32;
  inner: i32;
  divisor: f32; // of sums
}

/** For inner = 1; items are elements of out. */
@inline function foldRows(op: Op, args: Fold, begin: i32, end: i32): void {
  const n = args.n, block = args.block, blocks = args.blocks;
  for (let item = begin; item < end; item++) {
    const row = item / blocks, first = (item - row * blocks) * block;
    const lanes = foldRow(op, place(args.x, row * n + first), min(block, n - first));
    const out = place(args.out, item);
    if (isSum(op)) store<f32>(out, f32x4.extract_lane(foldLanes(op, lanes), 0) / args.divisor);
    else v128.store32_lane(out, foldLanes(op, lanes), 0);
  }
}

/** Four neighbouring columns, of which `count` exist; their elements lie `step` bytes apart. */
@inline function foldColumn(op: Op, x: usize, step: usize, n: i32, count: i32): v128 {
  const none = identity(op);
  let total = none;
  while (n > 0) {
    let a = none, turns = isSum(op) ? min(n, STRETCH) : n;
    n -= turns;
    for (; turns > 0; turns--, x += step) a = fold4(op, a, load4(x, count));
    total = join(op, total, a);
  }
  return total;
}

/** One strip's fold over `rows` places, put to what stands at `out`. */
@inline function foldStrip(op: Op, out: usize, x: usize, step: usize, rows: i32): void {
  const none = identity(op);
  let a = none, b = none, c = none, d = none;
  for (; rows > 0; rows--, x += step) {
    a = fold4(op, a, v128.load(x));
    b = fold4(op, b, v128.load(x, 16));
    c = fold4(op, c, v128.load(x, 32));
    d = fold4(op, d, v128.load(x, 48));
  }
  v128.store(out, join(op, v128.load(out), a));
  v128.store(out, join(op, v128.load(out, 16), b), 16);
  v128.store(out, join(op, v128.load(out, 32), c), 32);
  v128.store(out, join(op, v128.load(out, 48), d), 48);
}

/** Strips of sixteen columns, a cache line of each row, a band of rows of all strips before the next: in order of memory. */
@inline function foldStrips(op: Op, out: usize, x: usize, step: usize, n: i32, strips: i32, divisor: v128): void {
  const end = out + (<usize>strips << 6);
  for (let to = out; to < end; to += 16) v128.store(to, identity(op));
  for (; n > 0; n -= BAND, x += step * BAND) {
    for (let to = out, from = x; to < end; to += 64, from += 64) foldStrip(op, to, from, step, min(n, BAND));
  }
  if (isSum(op)) for (let to = out; to < end; to += 16) v128.store(to, f32x4.div(v128.load(to), divisor));
}

/** Items are strips of sixteen columns, the last one of a row possibly narrower. */
@inline function foldColumns(op: Op, args: Fold, begin: i32, end: i32): void {
  const n = args.n, block = args.block, blocks = args.blocks, inner = args.inner;
  const strips = (inner + 15) >> 4, step = <usize>inner << 2, divisor = f32x4.splat(args.divisor);
  for (let item = begin; item < end; ) {
    const cell = item / strips, strip = item - cell * strips, column = strip << 4;
    const outer = cell / blocks, first = (cell - outer * blocks) * block, places = min(block, n - first);
    let x = place(args.x, (outer * n + first) * inner + column);
    let out = place(args.out, cell * inner + column);
    const whole = min(end - item, (inner >> 4) - strip);
    if (whole > 0) {
      foldStrips(op, out, x, step, places, whole, divisor);
      item += whole;
      continue;
    }
    for (let left = inner - column; left > 0; left -= 4, x += 16, out += 16) {
      const total = foldColumn(op, x, step, places, left);
      store4(out, isSum(op) ? f32x4.div(total, divisor) : total, left);
    }
    item++;
  }
}

export function sumRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.sum, args, begin, end);
}
export function sumColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.sum, args, begin, end);
}
export function sumSquaresRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.sumSquares, args, begin, end);
}
export function sumSquaresColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.sumSquares, args, begin, end);
}
export function maxRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.max, args, begin, end);
}
export function maxColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.max, args, begin, end);
}
export function minRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.min, args, begin, end);
}
export function minColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.min, args, begin, end);
}
export function prodRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.prod, args, begin, end);
}
export function prodColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.prod, args, begin, end);
}
export function sumIntRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.sumInt, args, begin, end);
}
export function sumIntColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.sumInt, args, begin, end);
}
export function maxIntRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.maxInt, args, begin, end);
}
export function maxIntColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.maxInt, args, begin, end);
}
export function minIntRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.minInt, args, begin, end);
}
export function minIntColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.minInt, args, begin, end);
}
export function prodIntRows(args: Fold, begin: i32, end: i32): void {
  foldRows(Op.prodInt, args, begin, end);
}
export function prodIntColumns(args: Fold, begin: i32, end: i32): void {
  foldColumns(Op.prodInt, args, begin, end);
}
