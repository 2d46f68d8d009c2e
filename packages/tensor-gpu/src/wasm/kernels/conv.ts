import type { ConvShape } from "../../backend/kernels";
import type { Shortcuts } from "../../backend/shortcuts";
import type { View } from "../../backend/view";
import type {
  Convolve,
  ConvolveWeightParts,
  ConvolveWeightSum,
  PackConvWeights,
  Pieces,
} from "../generated/kernels";
import { layers } from "../generated/layers";
import type { Launcher } from "../launcher";
import { allFinite } from "./all-finite";
import { grain } from "./grain";
import { GRAIN } from "./product-list";
import { windows } from "./windows";
import { convolveTiles } from "./winograd";

// Layouts as in assembly/conv.as.
const AREA_FLOATS = (3 << 20) / 4;
const STRIP_ROWS = 3;
/** Maximum steps of a tile: two strips of weights and a panel's rows stay in the first-level cache. */
const BLOCK_STEPS = 384;
/** Floats of a padded piece of the image and its results: they stay in the second-level cache. */
const PIECE_FLOATS = 96 * 1024;
/** Outputs of a piece that are summed at a time in the weights' gradient. */
const PIECE_PLACES = 256;
/** Parts of the batch with separate sums. It depends on the shape only, since it determines the order of summation. */
const MOST_PARTS = 8;
/** Below this, most of a tile's eight columns would be empty. */
const FEWEST_CHANNELS = 4;

type ConvShortcuts = Pick<Shortcuts, "conv" | "convGradInput" | "convGradWeight">;

/** How the image is split: rows of outputs per piece, and their layout. */
interface Cut {
  rows: number;
  count: number;
  /** Elements from one padded row to the next. */
  pitch: number;
  /** Elements of a padded plane. */
  plane: number;
}

const stripsOf = (rows: number) => Math.ceil(rows / STRIP_ROWS);

function cut(shape: ConvShape, wantedRows: (pitch: number) => number): Cut {
  const { width, padX, outWidth, outHeight, kernelHeight, dilationY } = shape;
  // The zeros to the left of a row also serve as those to the right of the row before, unless there are more outputs.
  const pitch = outWidth <= width + padX ? width + padX : width + 2 * padX;
  const most = Math.max(1, Math.min(outHeight, Math.floor(wantedRows(pitch))));
  const count = Math.ceil(outHeight / most);
  const rows = Math.ceil(outHeight / count);
  const lines = Math.ceil(((rows + (kernelHeight - 1) * dilationY) * pitch + padX + 8) / 16);
  // An odd number of cache lines, so that planes do not map to the same cache sets.
  return { rows, count: Math.ceil(outHeight / rows), pitch, plane: (lines | 1) * 16 };
}

/** The convolution from the outputs back to the inputs. */
const turned = (shape: ConvShape, outChannels: number): ConvShape => ({
  ...shape,
  channels: outChannels,
  height: shape.outHeight,
  width: shape.outWidth,
  outHeight: shape.height,
  outWidth: shape.width,
  padY: shape.dilationY * (shape.kernelHeight - 1) - shape.padY,
  padX: shape.dilationX * (shape.kernelWidth - 1) - shape.padX,
});

/** The offsets of all taps of all channels in a padded piece, in bytes. */
function tapOffsets(shape: ConvShape, { pitch, plane }: Cut, table: Int32Array): void {
  let step = 0;
  for (let c = 0; c < shape.channels; c++)
    for (let ky = 0; ky < shape.kernelHeight; ky++)
      for (let kx = 0; kx < shape.kernelWidth; kx++)
        table[step++] = 4 * (c * plane + ky * shape.dilationY * pitch + kx * shape.dilationX);
}

/** The arguments that kernels over pieces share. */
const inPieces = (shape: ConvShape, outChannels: number, pieces: Cut): Pieces => [
  ...windows(shape),
  ...([shape.channels, outChannels] as const),
  ...([pieces.rows, pieces.pitch, pieces.plane, pieces.count] as const),
];

const isPlain = ({ strideX, strideY, padX, padY, batch, outHeight, outWidth }: ConvShape) =>
  strideX === 1 && strideY === 1 && padX >= 0 && padY >= 0 && batch * outHeight * outWidth > 0;

/** Whether the padded piece and its results, or the buffers of the gradient of the weights, fit in a thread's work area. */
const fits = (floats: number) => floats <= AREA_FLOATS;

/** Writes `out`; an item is a piece of an image. `isTurned`: the weight is read along its second axis and flipped. */
function convolve(
  launcher: Launcher,
  [out, x, weight]: readonly [View, View, View],
  shape: ConvShape,
  outChannels: number,
  isTurned: boolean,
): boolean {
  const taps = shape.kernelHeight * shape.kernelWidth;
  const k = shape.channels * taps;
  const strips = stripsOf(outChannels);
  const results = strips * STRIP_ROWS;
  if (!isPlain(shape) || k === 0 || outChannels === 0) return false;
  if (convolveTiles(launcher, [out, x, weight], shape, outChannels, isTurned)) return true;
  const reach = (shape.kernelHeight - 1) * shape.dilationY;
  const pieces = cut(
    shape,
    (step) => (PIECE_FLOATS / step - shape.channels * reach) / (shape.channels + results),
  );
  const { rows, count, pitch, plane } = pieces;
  if (!fits(shape.channels * plane + results * (rows * pitch + 8))) return false;
  const blockK = Math.ceil(k / Math.ceil(k / BLOCK_STEPS));
  launcher.borrow(16 * strips * k + 4 * k, (packed) => {
    const table = packed + 16 * strips * k;
    tapOffsets(shape, pieces, launcher.memoryInts.subarray(table >>> 2, (table >>> 2) + k));
    const packing: PackConvWeights = [packed, weight, outChannels, k, isTurned, taps, blockK];
    launcher.run("packConvWeights", packing, strips, Math.ceil(GRAIN / 16 / k));
    const work = rows * pitch * k * outChannels;
    const args: Convolve = [...inPieces(shape, outChannels, pieces), out, x, packed, table, blockK];
    launcher.run("convolve", args, shape.batch * count, Math.ceil(GRAIN / work));
  });
  return true;
}

/**
 * Sums over parts of the batch, then over the parts. Also false where a sum is not finite: the zeros that pad the
 * rows were multiplied by non-finite values too, and may have carried them to taps that do not use them.
 */
function gradWeight(
  launcher: Launcher,
  [dweight, dy, x]: readonly [View, View, View],
  shape: ConvShape,
): boolean {
  const { batch, channels } = shape;
  const outChannels = dweight.shape[0]!;
  if (!isPlain(shape) || channels < FEWEST_CHANNELS || outChannels === 0) return false;
  const pieces = cut(shape, (step) => PIECE_PLACES / step);
  const { rows, pitch, plane } = pieces;
  const columns = Math.ceil(channels / 8) * 8;
  const strips = stripsOf(outChannels);
  const places = rows * pitch;
  const gradient = (outChannels + 4 * strips) * places;
  if (!fits(plane * columns + Math.max(plane * channels, gradient))) return false;
  const taps = shape.kernelHeight * shape.kernelWidth;
  const parts = Math.min(batch, MOST_PARTS);
  const sumFloats = parts * taps * strips * STRIP_ROWS * columns;
  launcher.borrow(4 * (sumFloats + places), (sums) => {
    const table = sums + 4 * sumFloats;
    const { memoryInts } = launcher;
    for (let p = 0; p < places; p++) memoryInts[(table >>> 2) + p] = 4 * columns * p;
    const summing = [sums, x, dy, table, columns, batch, parts] as const;
    const args: ConvolveWeightParts = [...inPieces(shape, outChannels, pieces), ...summing];
    launcher.run("convolveWeightParts", args, parts, 1);
    const sum: ConvolveWeightSum = [dweight, sums, parts, taps, channels, outChannels, columns];
    launcher.run("convolveWeightSum", sum, outChannels, grain(channels * taps * parts));
  });
  return allFinite(launcher, dweight);
}

/** Dense convolutions with stride 1 that need no columns; others are declined. */
export function convShortcuts(launcher: Launcher): ConvShortcuts {
  launcher.need(layers);
  return {
    conv: (out, x, weight, shape) =>
      convolve(launcher, [out, x, weight], shape, weight.shape[0]!, false),
    convGradInput(dx, dy, weight, shape) {
      if (shape.strideX !== 1 || shape.strideY !== 1) return false;
      // The zeros around dy are not outputs: they must not be multiplied by a weight that turns them into NaN.
      if (!allFinite(launcher, weight)) return false;
      const back = turned(shape, weight.shape[0]!);
      return convolve(launcher, [dx, dy, weight], back, shape.channels, true);
    },
    convGradWeight: (dweight, dy, x, shape) => gradWeight(launcher, [dweight, dy, x], shape),
  };
}
