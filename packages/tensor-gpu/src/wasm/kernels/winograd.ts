import type { ConvShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { ConvolveWinograd, PackWinograd, Pieces } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { allFinite } from "./all-finite";
import { GRAIN } from "./product-list";
import { windows } from "./windows";

// Layouts as in assembly/winograd.as.
const AREA_FLOATS = (3 << 20) / 4;
const STRIP_ROWS = 3;
/** Floats of a piece's tiles before and after the products: they stay in the second-level cache. */
const PIECE_FLOATS = 128 * 1024;
/** Four columns of a tile at a time; below this, rows are too short. */
const FEWEST_ACROSS = 4;
/** Below this, transforming the tiles costs more than the products save. */
const FEWEST_CHANNELS = 8;
const MOST_CHANNELS = 512;

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;

/** Whether a convolution is worth computing by tiles. */
function suits(shape: ConvShape, outChannels: number): boolean {
  const { kernelHeight, kernelWidth, dilationX, dilationY, channels, outWidth } = shape;
  const isThree = kernelHeight === 3 && kernelWidth === 3 && dilationX === 1 && dilationY === 1;
  const isWide = Math.ceil(outWidth / 2) >= FEWEST_ACROSS;
  const least = Math.min(channels, outChannels);
  return isThree && isWide && least >= FEWEST_CHANNELS && channels <= MOST_CHANNELS;
}

/**
 * A 3×3 convolution with stride and dilation 1 by tiles of 2×2 outputs. Does nothing and returns false for other
 * shapes and where a value is not finite: a tile would spread it to outputs whose windows do not contain it.
 * @param isTurned whether the weight is read along its second axis and flipped, as the gradient of the image requires
 */
export function convolveTiles(
  launcher: Launcher,
  [out, x, weight]: readonly [View, View, View],
  shape: ConvShape,
  outChannels: number,
  isTurned: boolean,
): boolean {
  if (!suits(shape, outChannels)) return false;
  const { channels, batch, outHeight, outWidth, width, padX } = shape;
  const strips = Math.ceil(outChannels / STRIP_ROWS);
  const across = Math.ceil(outWidth / 2);
  const down = Math.ceil(outHeight / 2);
  const perTile = 16 * (channels + strips * STRIP_ROWS);
  const wanted = Math.max(1, Math.min(down, Math.floor(PIECE_FLOATS / perTile / across)));
  const pieces = Math.ceil(down / wanted);
  const rows = Math.ceil(down / pieces);
  const tiles = roundUp(rows * across, 8);
  const pitch = Math.max(width + 2 * padX, 2 * across + 2);
  const plane = (2 * rows + 2) * pitch;
  // One line more than the tiles need, so that the 16 do not map to the same cache sets.
  const inputStep = channels * tiles + 16;
  const outputStep = strips * STRIP_ROWS * tiles + 16;
  const need = 64 + roundUp(plane, 16) + 16 * (inputStep + outputStep);
  if (need > AREA_FLOATS || !allFinite(launcher, x) || !allFinite(launcher, weight)) return false;
  const packedBytes = 16 * 16 * strips * channels;
  launcher.borrow(packedBytes + 4 * channels, (packed) => {
    const table = packed + packedBytes;
    const { memoryInts } = launcher;
    for (let c = 0; c < channels; c++) memoryInts[(table >>> 2) + c] = 4 * c * tiles;
    const packing: PackWinograd = [packed, weight, outChannels, channels, isTurned];
    launcher.run("packWinograd", packing, strips, Math.ceil(GRAIN / (600 * channels)));
    const count = Math.ceil(down / rows);
    const cut: Pieces = [...windows(shape), channels, outChannels, rows, pitch, plane, count];
    const args: ConvolveWinograd = [...cut, out, x, packed, table, tiles, inputStep, outputStep];
    launcher.run("convolveWinograd", args, batch * count, 1);
  });
  return true;
}
