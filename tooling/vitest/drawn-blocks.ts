/** @file Blocks of GGML with drawn contents, as files of any quantised model have them. */

/**
 * GGML's number of each type, numbers and bytes of a block, where its float16 numbers stand, how far its numbers spread where the
 * first of these is 1, and the second where the numbers lie around zero then.
 */
export const blockTypes = {
  Q4_0: { type: 2, numbers: 32, bytes: 18, scales: [0], spread: 2.5, least: 0 },
  Q5_0: { type: 6, numbers: 32, bytes: 22, scales: [0], spread: 5, least: 0 },
  Q8_0: { type: 8, numbers: 32, bytes: 34, scales: [0], spread: 74, least: 0 },
  Q4_K: { type: 12, numbers: 256, bytes: 144, scales: [0, 2], spread: 180, least: 7.5 },
  Q5_K: { type: 13, numbers: 256, bytes: 176, scales: [0, 2], spread: 360, least: 15.5 },
  Q6_K: { type: 14, numbers: 256, bytes: 210, scales: [208], spread: 1400, least: 0 },
} as const;

/** The same of the types that no type in memory holds as they are. */
export const roundedTypes = {
  Q4_1: { type: 3, numbers: 32, bytes: 20, scales: [0, 2], spread: 4.6, least: -7.5 },
  Q5_1: { type: 7, numbers: 32, bytes: 24, scales: [0, 2], spread: 9.2, least: -15.5 },
  Q2_K: { type: 10, numbers: 256, bytes: 84, scales: [80, 82], spread: 15, least: 1.5 },
  Q3_K: { type: 11, numbers: 256, bytes: 110, scales: [108], spread: 43, least: 0 },
  IQ4_NL: { type: 20, numbers: 32, bytes: 18, scales: [0], spread: 70, least: 0 },
  IQ4_XS: { type: 23, numbers: 256, bytes: 136, scales: [0], spread: 1300, least: 0 },
} as const;

export const allBlockTypes = { ...blockTypes, ...roundedTypes } as const;

/** A type that is kept. */
export type BlockType = keyof typeof blockTypes;
export type AnyBlockType = keyof typeof allBlockTypes;

/** The float16 of a small number, rounded towards zero. */
function toHalf(x: number): number {
  if (x < 0) return 0x8000 | toHalf(-x);
  const bits = new Uint32Array(Float32Array.of(x).buffer)[0]!;
  return x < 2 ** -14 ? Math.floor(x * 2 ** 24) : (bits - 0x38000000) >>> 13;
}

/**
 * Blocks of random bytes whose numbers spread about as far as `deviation`.
 * @param count numbers, whole blocks
 * @param random from 0 to 1
 */
export function drawnBlocks(
  type: AnyBlockType,
  count: number,
  { random, deviation = 0.05 }: { random: () => number; deviation?: number },
): Uint8Array {
  const { numbers, bytes, scales, spread, least } = allBlockTypes[type];
  const out = Uint8Array.from({ length: (count / numbers) * bytes }, () => 256 * random());
  const view = new DataView(out.buffer);
  for (let at = 0; at < out.length; at += bytes)
    for (const [i, offset] of scales.entries()) {
      const factor = i === 0 ? 1 : least;
      const half = toHalf(((0.8 + 0.4 * random()) * deviation * factor) / spread);
      view.setUint16(at + offset, half, true);
    }
  return out;
}
