import { LmError } from "../errors";
import { checkIds, type LogitsProcessor, rangeError } from "./logits-processor";

/**
 * Returns the processor that adds a number to the scores of some tokens: µ[j] + bias[j].
 *
 * @param bias numbers by token ids
 * @throws {LmError} `ERR_RANGE` when an id is not a whole number of at least 0, or a bias is not finite; the processor
 *   throws it when an id is not in the vocabulary
 * @see OpenAI, API reference, `logit_bias`
 */
export function logitBias(bias: Readonly<Record<number, number>>): LogitsProcessor {
  const biases = Object.entries(bias).map(([key, value]) => ({ id: Number(key), value }));
  checkIds(
    "logitBias",
    "bias",
    biases.map(({ id }) => id),
  );
  for (const { id, value } of biases)
    if (!Number.isFinite(value)) throw rangeError("logitBias", `bias[${id}]`, "finite", value);
  return (_inputIds, logits) => {
    for (const { id, value } of biases) {
      if (id >= logits.length)
        throw new LmError("ERR_RANGE", `lm/logitBias: ${id} is not below ${logits.length}`, {
          fields: { id },
        });
      logits[id]! += value;
    }
    return logits;
  };
}
