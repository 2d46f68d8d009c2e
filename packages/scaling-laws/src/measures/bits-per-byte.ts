import { real } from "../errors";
/**
 * Bits per byte of a text: `Σ NLL / (ln 2 · bytes)`.
 *
 * @param totalNats summed negative log-likelihood of the text's tokens, in nats, above 0
 * @param bytes the text's length in UTF-8 bytes, above 0
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 */
export function bitsPerByte(totalNats: number, bytes: number): number {
  real("bitsPerByte", "totalNats", totalNats, { above: 0 });
  real("bitsPerByte", "bytes", bytes, { above: 0 });
  return totalNats / (Math.LN2 * bytes);
}
