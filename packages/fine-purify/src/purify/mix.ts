import type { Floats, PairChunk } from "../weights/weight-pairs";

/**
 * w^Pur = w^Init + g·δ, bit for bit w^FT where g is 1 and w^Init where it is 0.
 * @param out receives the chunk's weights
 * @returns Σ(1 − g): how many weights were reset, partial resets counted as fractions
 */
export function mixInto(
  out: Floats,
  { init, stored }: PairChunk,
  gate: Float32Array | Uint8Array,
): number {
  let reset = 0;
  for (let i = 0; i < out.length; i++) {
    const g = gate[i]!;
    out[i] = g === 1 ? stored[i]! : g === 0 ? init[i]! : init[i]! + g * (stored[i]! - init[i]!);
    reset += 1 - g;
  }
  return reset;
}
