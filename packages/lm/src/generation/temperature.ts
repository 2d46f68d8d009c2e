import { type LogitsProcessor, rangeError } from "./logits-processor";

/**
 * Returns the processor that divides all scores by a temperature: below 1 sharpens, above 1 flattens.
 *
 * @param value above 0 (for 0, decode greedily)
 * @throws {LmError} `ERR_RANGE` when the temperature is not a finite number above 0
 */
export function temperature(value: number): LogitsProcessor {
  if (!(value > 0 && Number.isFinite(value)))
    throw rangeError("temperature", "value", "a finite number above 0", value);
  return (_inputIds, logits) => {
    for (let i = 0; i < logits.length; i++) logits[i]! /= value;
    return logits;
  };
}
