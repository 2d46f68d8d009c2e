import { LmError } from "../errors";
import type { EncodedChat } from "../tokenizer/encode-chat";

/** @throws {LmError} `ERR_RANGE` naming the option and what it must be */
export function rejectOption(caller: string, name: string, wanted: string, value: number): never {
  const message = `lm/${caller}: ${name} must be ${wanted}, got ${value}`;
  throw new LmError("ERR_RANGE", message, { fields: { [name]: value } });
}

/** @throws {LmError} `ERR_RANGE` for rows that cannot be packed */
export function checkRow(
  caller: string,
  { sequenceLength, padTokenId }: { sequenceLength: number; padTokenId: number },
): void {
  if (!Number.isSafeInteger(sequenceLength) || sequenceLength < 2)
    rejectOption(caller, "sequenceLength", "a whole number of at least 2", sequenceLength);
  if (!Number.isSafeInteger(padTokenId) || padTokenId < 0)
    rejectOption(caller, "padTokenId", "a token id", padTokenId);
}

/** @throws {LmError} `ERR_SHAPE` when ids and labels differ in length */
export function checkSample(caller: string, { inputIds, labels }: EncodedChat): void {
  if (inputIds.length === labels.length) return;
  throw new LmError(
    "ERR_SHAPE",
    `lm/${caller}: a sample has ${inputIds.length} ids and ${labels.length} labels`,
    { fields: { inputIds: inputIds.length, labels: labels.length } },
  );
}
