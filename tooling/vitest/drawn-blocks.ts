/** @file Blocks of GGML with drawn contents, as files of any quantised model have them. */

/** GGML's number of each type, numbers and bytes of a block, and where its float16 numbers stand. */
export const blockTypes = {
  Q4_0: { type: 2, numbers: 32, bytes: 18, scales: [0], spread: 2.5 },
  Q5_0: { type: 6, numbers: 32, bytes: 22, scales: [0], spread: 5 },
  Q8_0: { type: 8, numbers: 32, bytes: 34, scales: [0], spread: 74 },
  Q4_K: { type: 12, numbers: 256, bytes: 144, scales: [0, 2], spread: 180 },
  Q5_K: { type: 13, numbers: 256, bytes: 176, scales: [0, 2], spread: 360 },
  Q6_K: { type: 14, numbers: 256, bytes: 210, scales: [208], spread: 1400 },
} as const;

export type BlockType = keyof typeof blockTypes;

/** The float16 of a small positive number, rounded down. */
function toHalf(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer)[0]!;
  return x < 2 ** -14 ? Math.floor(x * 2 ** 24) : (bits - 0x38000000) >>> 13;
}

/**
 * Blocks of random bytes whose numbers spread about as far as `deviation`.
 * @param count numbers, whole blocks
 * @param random from 0 to 1
 */
export function drawnBlocks(
  type: BlockType,
  count: number,
  { random, deviation = 0.05 }: { random: () => number; deviation?: number },
): Uint8Array {
  const { numbers, bytes, scales, spread } = blockTypes[type];
  const out = Uint8Array.from({ length: (count / numbers) * bytes }, () => 256 * random());
  const view = new DataView(out.buffer);
  for (let at = 0; at < out.length; at += bytes)
    for (const [i, offset] of scales.entries()) {
      // The least numbers of K types are those of levels that lie around the middle.
      const middle = i === 0 ? 1 : type === "Q4_K" ? 7.5 : 15.5;
      view.setUint16(
        at + offset,
        toHalf(((0.8 + 0.4 * random()) * deviation * middle) / spread),
        true,
      );
    }
  return out;
}
