import type { EncodedChat } from "@deepgrain/lm";
import { type ChatTokenizer, type EncodeOptions, encodeConversation } from "./encode";
import { parseTurns, type SftRecord } from "./records";
import { type ParseOptions, parseRows, rowError } from "./rows";

/** A prompt with one answer, and whether the answer is desirable. */
export type UnpairedRecord = SftRecord & { label: boolean };

/** An answer as token ids, labels −100 on its prompt, and whether it is desirable. */
export interface EncodedUnpaired {
  chat: EncodedChat;
  label: boolean;
}

/**
 * Reads answers with a label each in TRL's form, one JSON object per line: `prompt` and `completion` as text or as lists of
 * `{ role, content }`, and `label`, true for a desirable answer.
 *
 * @param options.file name for errors. Default `"answers.jsonl"`
 * @throws {AlignError} as {@link parsePreferences}: `ERR_FORMAT` also for an empty completion and for a label that is no boolean
 */
export const parseUnpaired = (
  source: string | Uint8Array,
  options: ParseOptions = {},
): UnpairedRecord[] => {
  const from = { where: "parseUnpaired", file: "answers.jsonl" };
  return parseRows(from, source, options, ({ prompt, completion, label }, place) => {
    if (prompt === undefined) throw rowError(place, "prompt", "text or a list of turns", prompt);
    if (typeof label !== "boolean") throw rowError(place, "label", "true or false", label);
    return { ...parseTurns({ prompt, completion }, place), label };
  });
};

/**
 * Encodes an answer with its label. Answers longer than the context are truncated at the end.
 * @throws {AlignError} as {@link encodeConversation}
 */
export const encodeUnpaired = (
  record: UnpairedRecord,
  tokenizer: ChatTokenizer,
  options: EncodeOptions,
): EncodedUnpaired => ({
  chat: encodeConversation(record, tokenizer, options),
  label: record.label,
});
