/**
 * @file 3×3 convolution with stride and dilation 1 by tiles of 2×2 outputs: 16 multiplications for 4 outputs instead of
 * 36, as 16 matrix products over the channels. Lavin and Gray 2016, "Fast algorithms for convolutional neural networks",
 * section 4.1, F(2×2, 3×3).
 */
import { Flag, place } from "./arguments";
import { padRows, Pieces } from "./conv";
import { stripsAt } from "./conv-tiles";
import { loadPart, storePart } from "./lanes";
import { scratchArea } from "./scratch";
import { STRIP_ROWS } from "./tiles";

/** Three values of a kernel's row or column as the four by which a tile's are multiplied. */
@inline function spreadWeight(a: f32, b: f32, c: f32, at: i32): f32 {
  if (at == 0) return a;
  if (at == 3) return c;
  const ends: f32 = 0.5 * (a + c), middle: f32 = 0.5 * b;
  return at == 1 ? ends + middle : ends - middle;
}

@unmanaged class PackWinograd {
  out: usize;
  weight: usize;
  rows: i32;
  k: i32; // channels
  isTurned: Flag; // weight [k][rows][9] is turned round and read by its second axis
}

/** The weights of the 16 products, each [strips][channels][4]. Items are strips. */
export function packWinograd(args: PackWinograd, begin: i32, end: i32): void {
  const weight = args.weight, rows = args.rows, k = args.k, isTurned = args.isTurned != 0;
  const strips = (rows + STRIP_ROWS - 1) / STRIP_ROWS;
  for (let strip = begin; strip < end; strip++) for (let c = 0; c < k; c++) for (let i = 0; i < 4; i++) {
    const row = strip * STRIP_ROWS + i, isRow = i < STRIP_ROWS && row < rows;
    const from = isRow ? place(weight, (isTurned ? c * rows + row : row * k + c) * 9) : 0;
    for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) {
      const out = place(args.out, (((y * 4 + x) * strips + strip) * k + c) * 4 + i);
      store<f32>(out, isRow ? spreadWeight(column(from, 0, y, isTurned), column(from, 1, y, isTurned), column(from, 2, y, isTurned), x) : 0);
    }
  }
}

/** Column x of a 3×3 kernel, spread to four values, the one at `y`. */
function column(kernel: usize, x: i32, y: i32, isTurned: bool): f32 {
  const first = isTurned ? 8 - x : x, step = isTurned ? -3 : 3;
  return spreadWeight(
    load<f32>(place(kernel, first)), load<f32>(place(kernel, first + step)), load<f32>(place(kernel, first + 2 * step)), y,
  );
}

/** One row of four tiles side by side, spread along x, to four vectors at `out`. */
@inline function spreadRow(x: usize, out: usize): void {
  const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 8), d = v128.load(x, 24);
  const d0 = v128.shuffle<i32>(a, b, 0, 2, 4, 6), d1 = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
  const d2 = v128.shuffle<i32>(c, d, 0, 2, 4, 6), d3 = v128.shuffle<i32>(c, d, 1, 3, 5, 7);
  v128.store(out, f32x4.sub(d0, d2));
  v128.store(out, f32x4.add(d1, d2), 16);
  v128.store(out, f32x4.sub(d2, d1), 32);
  v128.store(out, f32x4.sub(d1, d3), 48);
}

/** Four tiles at x, rows `row` bytes apart, to 16 places `step` bytes apart. `work`: 256 bytes. */
function spreadTiles(x: usize, row: usize, out: usize, step: usize, work: usize): void {
  spreadRow(x, work);
  spreadRow(x + row, work + 64);
  spreadRow(x + 2 * row, work + 128);
  spreadRow(x + 3 * row, work + 192);
  for (let i = 0; i < 4; i++, work += 16, out += step) {
    const r0 = v128.load(work), r1 = v128.load(work, 64), r2 = v128.load(work, 128), r3 = v128.load(work, 192);
    v128.store(out, f32x4.sub(r0, r2));
    v128.store(out + 4 * step, f32x4.add(r1, r2));
    v128.store(out + 8 * step, f32x4.sub(r2, r1));
    v128.store(out + 12 * step, f32x4.sub(r1, r3));
  }
}

/** Sums along y of the 16 products of four tiles: the upper outputs' at `work`, the lower ones' 64 bytes on. */
@inline function gatherColumns(m: usize, step: usize, work: usize): void {
  for (let i = 0; i < 4; i++, m += step, work += 16) {
    const m1 = v128.load(m + 4 * step), m2 = v128.load(m + 8 * step);
    v128.store(work, f32x4.add(f32x4.add(v128.load(m), m1), m2));
    v128.store(work, f32x4.sub(f32x4.sub(m1, m2), v128.load(m + 12 * step)), 64);
  }
}

/** Sums along x, put out as eight neighbours, the last of which is left out where it lies beyond the row. */
@inline function putRow(work: usize, out: usize, count: i32): void {
  const p1 = v128.load(work, 16), p2 = v128.load(work, 32);
  const even = f32x4.add(f32x4.add(v128.load(work), p1), p2), odd = f32x4.sub(f32x4.sub(p1, p2), v128.load(work, 48));
  v128.store(out, v128.shuffle<i32>(even, odd, 0, 4, 1, 5));
  storePart(out + 16, v128.shuffle<i32>(even, odd, 2, 6, 3, 7), count - 4);
}

@unmanaged class ConvolveWinograd extends Pieces {
  out: usize;
  x: usize;
  packed: usize; // weights
  table: usize; // byte offsets of the channels
  tiles: i32; // of a piece, a multiple of 8
  inputStep: i32; // elements from one of the 16 to the next before the products
  outputStep: i32; // and after them
}

/** Items are pieces. Rows have at least four tiles. */
export function convolveWinograd(args: ConvolveWinograd, begin: i32, end: i32): void {
  const channels = args.channels, pieces = args.pieces;
  const outHeight = args.outHeight, planeSize = args.height * args.width;
  const plane = args.plane;
  for (let item = begin; item < end; item++) {
    const image = item / pieces, first = (item - image * pieces) * args.rows;
    const rows = min(args.rows, (outHeight + 1) / 2 - first);
    const padded = place(scratchArea(), 64);
    for (let c = 0; c < channels; c++) {
      padRows(args, padded, place(args.x, (image * channels + c) * planeSize), 2 * first - args.padY, 2 * rows + 2, plane);
      spreadPlane(args, padded, c, rows);
    }
    multiplyTiles(args, rows);
    putTiles(args, image, first, rows);
  }
}

@inline function tilesAcross(args: ConvolveWinograd): i32 {
  return (args.outWidth + 1) / 2;
}

@inline function inputs(args: ConvolveWinograd): usize {
  return place(scratchArea(), 64 + ((args.plane + 15) & ~15));
}

@inline function outputs(args: ConvolveWinograd): usize {
  return place(inputs(args), 16 * args.inputStep);
}

function spreadPlane(args: ConvolveWinograd, padded: usize, c: i32, rows: i32): void {
  const across = tilesAcross(args), pitch = args.pitch;
  const out = place(inputs(args), c * args.tiles), step = <usize>args.inputStep << 2;
  for (let y = 0; y < rows; y++) for (let x = 0; x < across; x += 4) {
    const at = min(x, across - 4); // the last four overlap those before
    spreadTiles(place(padded, 2 * y * pitch + 2 * at), <usize>pitch << 2, place(out, y * across + at), step, scratchArea());
  }
}

function multiplyTiles(args: ConvolveWinograd, rows: i32): void {
  const channels = args.channels, tiles = args.tiles, n = rows * tilesAcross(args);
  const strips = (args.outChannels + STRIP_ROWS - 1) / STRIP_ROWS;
  let weights = args.packed, from = inputs(args), to = outputs(args);
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < n; j += 8) {
      stripsAt(weights, strips, place(from, j), args.table, channels, place(to, j), <usize>tiles << 2, false);
    }
    weights = place(weights, strips * channels * 4);
    from = place(from, args.inputStep);
    to = place(to, args.outputStep);
  }
}

function putTiles(args: ConvolveWinograd, image: i32, first: i32, rows: i32): void {
  const outChannels = args.outChannels, across = tilesAcross(args), tiles = args.tiles;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const step = <usize>args.outputStep << 2, work = scratchArea();
  for (let o = 0; o < outChannels; o++) {
    const out = place(args.out, (image * outChannels + o) * outHeight * outWidth);
    for (let y = 0; y < rows; y++) for (let x = 0; x < across; x += 4) {
      const at = min(x, across - 4), top = 2 * (first + y);
      gatherColumns(place(outputs(args), o * tiles + y * across + at), step, work);
      const to = place(out, top * outWidth + 2 * at), count = min(8, outWidth - 2 * at);
      putRow(work, to, count);
      if (top + 1 < outHeight) putRow(work + 64, place(to, outWidth), count);
    }
  }
}
