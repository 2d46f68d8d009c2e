/** @file Checks of inputs. */
import { WatermarkError } from "../errors";

/** @throws {WatermarkError} `ERR_TOKEN` for an id outside the vocabulary, with its position */
export function checkTokens(ids: ArrayLike<number>, vocabSize: number, from = 0): void {
  for (let i = from; i < ids.length; i++) {
    const id = ids[i]!;
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize))
      throw new WatermarkError(
        "ERR_TOKEN",
        `tokens: id ${id} at position ${i} is outside the vocabulary of ${vocabSize}`,
        { fields: { position: i, id, vocabSize } },
      );
  }
}

/**
 * Minus infinity marks a forbidden token and is allowed; NaN and plus infinity are not.
 *
 * @throws {WatermarkError} `ERR_SHAPE` for a width other than the profile's, `ERR_LOGITS` for NaN or +Infinity
 */
export function checkLogits(logits: Float32Array, vocabSize: number): void {
  if (!(logits instanceof Float32Array))
    throw new WatermarkError("ERR_LOGITS", "processor: logits must be a Float32Array");
  if (logits.length !== vocabSize)
    throw new WatermarkError(
      "ERR_SHAPE",
      `processor: the profile's vocab_size is ${vocabSize}, got ${logits.length} logits`,
      { fields: { needed: vocabSize, got: logits.length } },
    );
  for (let i = 0; i < logits.length; i++)
    if (!(logits[i]! < Number.POSITIVE_INFINITY))
      throw new WatermarkError("ERR_LOGITS", `processor: logit ${i} is ${logits[i]}`, {
        fields: {
          token: i,
          value: logits[i],
        },
      });
}

/**
 * A payload as an array of zeros and ones of the profile's length.
 *
 * @throws {WatermarkError} `ERR_PAYLOAD` for another length or other values
 */
export function checkPayload(bits: ArrayLike<number>, messageBits: number): Uint8Array {
  if (bits.length !== messageBits)
    throw new WatermarkError(
      "ERR_PAYLOAD",
      `payload: the profile carries ${messageBits} bits, got ${bits.length}`,
      { fields: { needed: messageBits, got: bits.length } },
    );
  return Uint8Array.from(bits, (bit, i) => {
    if (bit !== 0 && bit !== 1)
      throw new WatermarkError("ERR_PAYLOAD", `payload: bit ${i} is ${bit}`, {
        fields: { position: i },
      });
    return bit;
  });
}
