/**
 * @file Dense convolution with stride 1 as a matrix product that never writes the columns down: a piece of the image is
 * copied with its padding, so that every tap of a window is the same piece, moved by a fixed offset. Rows of a piece are
 * `pitch` apart, and places between the end of a row of outputs and the next are computed and thrown away. Shape from 16.
 */
import { stripsAt } from "./conv-tiles";
import { packA } from "./packing";
import { scratchArea } from "./scratch";
import { addressAt, intAt, place } from "./slots";
import { STRIP_ROWS } from "./tiles";
import { Shape } from "./windows";

const enum Slot {
  channels = 4, outChannels, rows, pitch, plane, pieces, blockK,
}

/** Rows `top` … `top + rows − 1` of a plane, with zeros where they leave it, then zeros up to `size` elements. */
export function padRows(args: usize, out: usize, x: usize, top: i32, rows: i32, size: i32): void {
  const width = intAt(args, Shape.width), height = intAt(args, Shape.height);
  const pitch = intAt(args, Slot.pitch), padX = intAt(args, Shape.padX);
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

/**
 * Weights in the order in which tiles read them: blocks of `blockK` steps, each [strips][steps][4]. Slots: 0 packed,
 * 1 weight, 2 rows, 3 steps k, 4 whether weight [k / taps][rows][taps] is turned round and read by its second axis, 5 taps,
 * 10 blockK. Items are strips.
 */
export function packConvWeights(args: usize, begin: i32, end: i32): void {
  const weight = addressAt(args, 1), rows = intAt(args, 2), k = intAt(args, 3), isTurned = intAt(args, 4) != 0;
  const taps = intAt(args, 5), blockK = intAt(args, Slot.blockK), strips = (rows + STRIP_ROWS - 1) / STRIP_ROWS;
  for (let strip = begin; strip < end; strip++) {
    for (let first = 0; first < k; first += blockK) {
      const depth = min(blockK, k - first);
      let out = place(addressAt(args, 0), (first * strips + strip * depth) * 4);
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

/**
 * Slots: 0 out, 1 x, 2 packed weights, 3 table of byte offsets, a step each; 4 channels of x, 5 of out, 6 rows of outputs
 * in a piece, 7 pitch, 8 elements of a padded plane, 9 pieces of an image, 10 steps in a block. Items are pieces.
 */
export function convolve(args: usize, begin: i32, end: i32): void {
  const channels = intAt(args, Slot.channels), outChannels = intAt(args, Slot.outChannels);
  const pitch = intAt(args, Slot.pitch), plane = intAt(args, Slot.plane), pieces = intAt(args, Slot.pieces);
  const blockK = intAt(args, Slot.blockK), k = channels * intAt(args, Shape.kernelHeight) * intAt(args, Shape.kernelWidth);
  const reach = (intAt(args, Shape.kernelHeight) - 1) * intAt(args, Shape.dilationY);
  const planeSize = intAt(args, Shape.height) * intAt(args, Shape.width);
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const strips = (outChannels + STRIP_ROWS - 1) / STRIP_ROWS;
  const padded = scratchArea(), results = place(padded, channels * plane);
  for (let item = begin; item < end; item++) {
    const image = item / pieces, first = (item - image * pieces) * intAt(args, Slot.rows);
    const rows = min(intAt(args, Slot.rows), outHeight - first);
    for (let c = 0; c < channels; c++) {
      const x = place(addressAt(args, 1), (image * channels + c) * planeSize);
      padRows(args, place(padded, c * plane), x, first - intAt(args, Shape.padY), rows + reach, plane);
    }
    const n = ((rows - 1) * pitch + outWidth + 7) & ~7;
    for (let p = 0; p < k; p += blockK) {
      const depth = min(blockK, k - p), table = place(addressAt(args, 3), p);
      const weights = place(addressAt(args, 2), p * strips * 4);
      for (let j = 0; j < n; j += 8) {
        stripsAt(weights, strips, place(padded, j), table, depth, place(results, j), <usize>n << 2, p > 0);
      }
    }
    for (let o = 0; o < outChannels; o++) {
      const out = place(addressAt(args, 0), ((image * outChannels + o) * outHeight + first) * outWidth);
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

/**
 * Partial sums of the weights' gradient, [parts][taps][rows of strips][columns], a part of the images each. Slots: 0 sums,
 * 1 x, 2 dy, 3 table whose step p is p rows of `columns` (slot 11) floats; 4 to 9 as in `convolve`; 12 batch, 13 parts.
 * Items are parts.
 */
export function convolveWeightParts(args: usize, begin: i32, end: i32): void {
  const batch = intAt(args, 12), parts = intAt(args, 13), pieces = intAt(args, Slot.pieces);
  const taps = intAt(args, Shape.kernelHeight) * intAt(args, Shape.kernelWidth);
  const rows = (intAt(args, Slot.outChannels) + STRIP_ROWS - 1) / STRIP_ROWS * STRIP_ROWS;
  for (let part = begin; part < end; part++) {
    const first = part * batch / parts, last = (part + 1) * batch / parts;
    const sums = place(addressAt(args, 0), part * taps * rows * intAt(args, 11));
    for (let image = first; image < last; image++) {
      for (let piece = 0; piece < pieces; piece++) addPiece(args, sums, image, piece, image > first || piece > 0);
    }
  }
}

function addPiece(args: usize, sums: usize, image: i32, piece: i32, accumulate: bool): void {
  const channels = intAt(args, Slot.channels), outChannels = intAt(args, Slot.outChannels);
  const pitch = intAt(args, Slot.pitch), plane = intAt(args, Slot.plane), columns = intAt(args, 11);
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const kernelHeight = intAt(args, Shape.kernelHeight), kernelWidth = intAt(args, Shape.kernelWidth);
  const dilationX = intAt(args, Shape.dilationX), dilationY = intAt(args, Shape.dilationY);
  const planeSize = intAt(args, Shape.height) * intAt(args, Shape.width);
  const strips = (outChannels + STRIP_ROWS - 1) / STRIP_ROWS, cRow = <usize>columns << 2;
  const first = piece * intAt(args, Slot.rows), rows = min(intAt(args, Slot.rows), outHeight - first);
  const n = (rows - 1) * pitch + outWidth;
  const pixels = scratchArea(), planes = place(pixels, plane * columns);
  for (let c = 0; c < channels; c++) {
    const x = place(addressAt(args, 1), (image * channels + c) * planeSize);
    padRows(args, place(planes, c * plane), x, first - intAt(args, Shape.padY), rows + (kernelHeight - 1) * dilationY, plane);
  }
  channelsLast(pixels, columns, planes, channels, plane);
  const gradient = planes, packed = place(gradient, outChannels * n);
  for (let o = 0; o < outChannels; o++) {
    const dy = place(addressAt(args, 2), ((image * outChannels + o) * outHeight + first) * outWidth);
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
      stripsAt(packed, strips, place(moved, j), addressAt(args, 3), n, place(sums, j), cRow, accumulate);
    }
    sums += <usize>strips * STRIP_ROWS * cRow;
  }
}

/** Sums the parts: dweight [out][channels][taps]. Slots: 0 dweight, 1 sums, 2 parts, 3 taps, 4 channels, 5 out channels, 11 columns. Items are out channels. */
export function convolveWeightSum(args: usize, begin: i32, end: i32): void {
  const parts = intAt(args, 2), taps = intAt(args, 3), channels = intAt(args, Slot.channels), columns = intAt(args, 11);
  const rows = (intAt(args, Slot.outChannels) + STRIP_ROWS - 1) / STRIP_ROWS * STRIP_ROWS;
  for (let o = begin; o < end; o++) {
    let out = place(addressAt(args, 0), o * channels * taps);
    for (let c = 0; c < channels; c++) for (let tap = 0; tap < taps; tap++, out += 4) {
      let sum: f32 = 0;
      for (let part = 0; part < parts; part++) {
        sum += load<f32>(place(addressAt(args, 1), ((part * taps + tap) * rows + o) * columns + c));
      }
      store<f32>(out, sum);
    }
  }
}
