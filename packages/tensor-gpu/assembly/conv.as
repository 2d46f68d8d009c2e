/**
 * @file Dense convolution with stride 1 as a matrix product that never writes the columns down: a piece of the image is
 * copied with its padding, so that every tap of a window is the same piece, moved by a fixed offset. Rows of a piece are
 * `pitch` apart, and places between the end of a row of outputs and the next are computed and thrown away.
 */
import { Flag, place } from "./arguments";
import { stripsAt } from "./conv-tiles";
import { packA } from "./packing";
import { scratchArea } from "./scratch";
import { STRIP_ROWS } from "./tiles";
import { Windows } from "./windows";

/** An image cut into pieces. */
@unmanaged export class Pieces extends Windows {
  channels: i32; // of x
  outChannels: i32;
  rows: i32; // of outputs, or of tiles, in a piece
  pitch: i32;
  plane: i32; // elements of a padded plane
  pieces: i32; // of an image
}

/** Rows `top` … `top + rows − 1` of a plane, with zeros where they leave it, then zeros up to `size` elements. */
export function padRows(args: Pieces, out: usize, x: usize, top: i32, rows: i32, size: i32): void {
  const width = args.width, height = args.height;
  const pitch = args.pitch, padX = args.padX;
  const end = place(out, size);
  for (let y = top; y < top + rows; y++) {
    if (y < 0 || y >= height) {
      memory.fill(out, 0, <usize>pitch << 2);
      out = place(out, pitch);
      continue;
    }
    for (let i = 0; i < padX; i++) store<f32>(place(out, i), 0);
    copyRow(place(out, padX), place(x, y * width), width);
    for (let i = padX + width; i < pitch; i++) store<f32>(place(out, i), 0);
    out = place(out, pitch);
  }
  memory.fill(out, 0, end - out);
}

@inline function copyRow(out: usize, x: usize, n: i32): void {
  for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
  for (; n > 0; n--, out += 4, x += 4) store<f32>(out, load<f32>(x));
}

@unmanaged class PackConvWeights {
  packed: usize;
  weight: usize;
  rows: i32;
  k: i32; // steps
  isTurned: Flag; // weight [k / taps][rows][taps] is turned round and read by its second axis
  taps: i32;
  blockK: i32;
}

/**
 * Weights in the order in which tiles read them: blocks of `blockK` steps, each [strips][steps][4]. Items are strips.
 */
export function packConvWeights(args: PackConvWeights, begin: i32, end: i32): void {
  const weight = args.weight, rows = args.rows, k = args.k, isTurned = args.isTurned != 0;
  const taps = args.taps, blockK = args.blockK, strips = (rows + STRIP_ROWS - 1) / STRIP_ROWS;
  for (let strip = begin; strip < end; strip++) {
    for (let first = 0; first < k; first += blockK) {
      const depth = min(blockK, k - first);
      let out = place(args.packed, (first * strips + strip * depth) * 4);
      for (let p = first; p < first + depth; p++, out += 16) {
        for (let i = 0; i < 4; i++) {
          const row = strip * STRIP_ROWS + i;
          const tap = p % taps;
          const at = isTurned ? (p - tap) * rows + row * taps + taps - 1 - tap : row * k + p;
          store<f32>(place(out, i), i < STRIP_ROWS && row < rows ? load<f32>(place(weight, at)) : 0);
        }
      }
    }
  }
}

@unmanaged class Convolve extends Pieces {
  out: usize;
  x: usize;
  packed: usize; // weights
  table: usize; // the byte offset of each step
  blockK: i32; // steps in a block
}

/** Items are pieces. */
export function convolve(args: Convolve, begin: i32, end: i32): void {
  const channels = args.channels, outChannels = args.outChannels;
  const pitch = args.pitch, plane = args.plane, pieces = args.pieces;
  const blockK = args.blockK, k = channels * args.kernelHeight * args.kernelWidth;
  const reach = (args.kernelHeight - 1) * args.dilationY;
  const planeSize = args.height * args.width;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const strips = (outChannels + STRIP_ROWS - 1) / STRIP_ROWS;
  const padded = scratchArea(), results = place(padded, channels * plane);
  for (let item = begin; item < end; item++) {
    const image = item / pieces, first = (item - image * pieces) * args.rows;
    const rows = min(args.rows, outHeight - first);
    for (let c = 0; c < channels; c++) {
      const x = place(args.x, (image * channels + c) * planeSize);
      padRows(args, place(padded, c * plane), x, first - args.padY, rows + reach, plane);
    }
    const n = ((rows - 1) * pitch + outWidth + 7) & ~7;
    for (let p = 0; p < k; p += blockK) {
      const depth = min(blockK, k - p), table = place(args.table, p);
      const weights = place(args.packed, p * strips * 4);
      for (let j = 0; j < n; j += 8) {
        stripsAt(weights, strips, place(padded, j), table, depth, place(results, j), <usize>n << 2, p > 0);
      }
    }
    for (let o = 0; o < outChannels; o++) {
      const out = place(args.out, ((image * outChannels + o) * outHeight + first) * outWidth);
      for (let y = 0; y < rows; y++) copyRow(place(out, y * outWidth), place(results, o * n + y * pitch), outWidth);
    }
  }
}

/** [channels][size] at x, as [size][width] at out, width a multiple of 4 and zeros in the columns beyond channels. */
function channelsLast(out: usize, width: i32, x: usize, channels: i32, size: i32): void {
  for (let c = 0; c < width; c += 4) {
    const r0 = c < channels ? place(x, c * size) : 0, r1 = c + 1 < channels ? place(x, (c + 1) * size) : 0;
    const r2 = c + 2 < channels ? place(x, (c + 2) * size) : 0, r3 = c + 3 < channels ? place(x, (c + 3) * size) : 0;
    let to = place(out, c);
    for (let q = 0; q < size; q++, to = place(to, width)) {
      let v = r0 != 0 ? v128.load32_zero(place(r0, q)) : f32x4.splat(0);
      if (r1 != 0) v = v128.load32_lane(place(r1, q), v, 1);
      if (r2 != 0) v = v128.load32_lane(place(r2, q), v, 2);
      if (r3 != 0) v = v128.load32_lane(place(r3, q), v, 3);
      v128.store(to, v);
    }
  }
}

@unmanaged class ConvolveWeightParts extends Pieces {
  sums: usize;
  x: usize;
  dy: usize;
  table: usize; // step p: the byte offset of p rows of `columns` floats
  columns: i32;
  batch: i32;
  parts: i32;
}

/** Partial sums of the weights' gradient, [parts][taps][rows of strips][columns]; a part sums some of the images. Items are parts. */
export function convolveWeightParts(args: ConvolveWeightParts, begin: i32, end: i32): void {
  const batch = args.batch, parts = args.parts, pieces = args.pieces;
  const taps = args.kernelHeight * args.kernelWidth;
  const rows = (args.outChannels + STRIP_ROWS - 1) / STRIP_ROWS * STRIP_ROWS;
  for (let part = begin; part < end; part++) {
    const first = part * batch / parts, last = (part + 1) * batch / parts;
    const sums = place(args.sums, part * taps * rows * args.columns);
    for (let image = first; image < last; image++) {
      for (let piece = 0; piece < pieces; piece++) addPiece(args, sums, image, piece, image > first || piece > 0);
    }
  }
}

function addPiece(args: ConvolveWeightParts, sums: usize, image: i32, piece: i32, accumulate: bool): void {
  const channels = args.channels, outChannels = args.outChannels;
  const pitch = args.pitch, plane = args.plane, columns = args.columns;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const dilationX = args.dilationX, dilationY = args.dilationY;
  const planeSize = args.height * args.width;
  const strips = (outChannels + STRIP_ROWS - 1) / STRIP_ROWS, cRow = <usize>columns << 2;
  const first = piece * args.rows, rows = min(args.rows, outHeight - first);
  const n = (rows - 1) * pitch + outWidth;
  const pixels = scratchArea(), planes = place(pixels, plane * columns);
  for (let c = 0; c < channels; c++) {
    const x = place(args.x, (image * channels + c) * planeSize);
    padRows(args, place(planes, c * plane), x, first - args.padY, rows + (kernelHeight - 1) * dilationY, plane);
  }
  channelsLast(pixels, columns, planes, channels, plane);
  const gradient = planes, packed = place(gradient, outChannels * n);
  for (let o = 0; o < outChannels; o++) {
    const dy = place(args.dy, ((image * outChannels + o) * outHeight + first) * outWidth);
    const to = place(gradient, o * n);
    for (let y = 0; y < rows; y++) {
      copyRow(place(to, y * pitch), place(dy, y * outWidth), outWidth);
      if (y + 1 < rows) memory.fill(place(to, y * pitch + outWidth), 0, <usize>(pitch - outWidth) << 2);
    }
  }
  packA(gradient, n, 1, outChannels, n, packed);
  for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++) {
    const moved = place(pixels, (ky * dilationY * pitch + kx * dilationX) * columns);
    for (let j = 0; j < columns; j += 8) {
      stripsAt(packed, strips, place(moved, j), args.table, n, place(sums, j), cRow, accumulate);
    }
    sums += <usize>strips * STRIP_ROWS * cRow;
  }
}

@unmanaged class ConvolveWeightSum {
  dweight: usize;
  sums: usize;
  parts: i32;
  taps: i32;
  channels: i32;
  outChannels: i32;
  columns: i32;
}

/** Sums the parts: dweight [out][channels][taps]. Items are out channels. */
export function convolveWeightSum(args: ConvolveWeightSum, begin: i32, end: i32): void {
  const parts = args.parts, taps = args.taps, channels = args.channels, columns = args.columns;
  const rows = (args.outChannels + STRIP_ROWS - 1) / STRIP_ROWS * STRIP_ROWS;
  for (let o = begin; o < end; o++) {
    let out = place(args.dweight, o * channels * taps);
    for (let c = 0; c < channels; c++) for (let tap = 0; tap < taps; tap++, out += 4) {
      let sum: f32 = 0;
      for (let part = 0; part < parts; part++) {
        sum += load<f32>(place(args.sums, ((part * taps + tap) * rows + o) * columns + c));
      }
      store<f32>(out, sum);
    }
  }
}
