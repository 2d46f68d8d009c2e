import type { Dataset } from "@deepgrain/fedlt";

/** Pixels of a side, and grey levels above black. */
export const SIDE = 14;
export const LEVELS = 15;
export const PIXELS = SIDE ** 2;

/** Pictures of each digit: for training, then for testing. */
export const TRAINING = 200;
export const TEST = 60;

/** Mean and standard deviation of the digits' pixels, from 0 to 1. */
const SCALE = { mean: 0.1307, std: 0.3081 };

/** A pixel as the networks get it. @param level 0 to 15 */
export const standardised = (level: number): number => (level / LEVELS - SCALE.mean) / SCALE.std;

/** The grey level of a pixel as the networks get it. */
export const levelOf = (value: number): number =>
  Math.round(LEVELS * (value * SCALE.std + SCALE.mean));

/** Packs grey levels from 0 to 1, two in a byte. */
export const packPixels = (pixels: Float32Array): Uint8Array =>
  Uint8Array.from({ length: pixels.length / 2 }, (_, i) => {
    const level = (at: number) => Math.round(LEVELS * pixels[at]!);
    return level(2 * i) | (level(2 * i + 1) << 4);
  });

/**
 * The shipped digits: those of a class after those of the class before, first for training, then for testing.
 * @param bytes of `digits.bin`
 */
export function unpackDigits(bytes: Uint8Array): { train: Dataset; test: Dataset } {
  const inputs = new Float32Array(2 * bytes.length);
  for (const [i, byte] of bytes.entries()) {
    inputs[2 * i] = standardised(byte & LEVELS);
    inputs[2 * i + 1] = standardised(byte >> 4);
  }
  const part = (from: number, each: number): Dataset => ({
    inputs: inputs.subarray(from * PIXELS, (from + 10 * each) * PIXELS),
    labels: Int32Array.from({ length: 10 * each }, (_, i) => Math.floor(i / each)),
    width: PIXELS,
    classes: 10,
  });
  return { train: part(0, TRAINING), test: part(10 * TRAINING, TEST) };
}
