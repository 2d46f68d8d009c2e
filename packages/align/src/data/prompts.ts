import type { ChatMessage } from "@deepgrain/lm";
import { AlignError, optionsOf, refuseUnknown, whole } from "../errors";
import type { ChatTokenizer, EncodeOptions } from "./encode";
import { type ParseOptions, type Place, parseRows, rowError } from "./rows";
import { messagesOf } from "./turns";

/** A prompt to sample answers to: text, or the turns before the answer. */
export type PromptRecord = (
  | { form: "text"; prompt: string }
  | { form: "messages"; prompt: ChatMessage[] }
) & {
  place: Place;
  /** The row's other keys, such as the reference answer for a reward. */
  rest: Readonly<Record<string, unknown>>;
};

/**
 * Reads prompts, one JSON object per line with `prompt` as text or as a list of turns; other keys are kept for rewards.
 *
 * @param options.file name for errors. Default `"prompts.jsonl"`
 * @throws {AlignError} `ERR_FORMAT` naming file, row and key; `ERR_MISSING` without any row
 */
export const parsePrompts = (
  source: string | Uint8Array,
  options: ParseOptions = {},
): PromptRecord[] => {
  return parseRows(
    { where: "parsePrompts", file: "prompts.jsonl" },
    source,
    options,
    (row, place) => {
      const { prompt, ...rest } = row;
      if (typeof prompt === "string" && prompt !== "") return { form: "text", prompt, place, rest };
      if (Array.isArray(prompt))
        return { form: "messages", prompt: messagesOf(prompt, place, "prompt"), place, rest };
      throw rowError(place, "prompt", "text or a list of turns", prompt);
    },
  );
};

/**
 * The token ids that an answer continues: a text with the tokenizer's usual start tokens, turns by the chat template.
 *
 * @param options.maxLength length of the context in tokens
 * @param options.maxNewTokens tokens reserved for the answer. Default 1
 * @throws {AlignError} `ERR_CONTEXT` naming file and row for a prompt that leaves too few tokens for the answer;
 * `LmError` for a missing template
 */
export function encodePrompt(
  record: PromptRecord,
  tokenizer: ChatTokenizer,
  options: EncodeOptions & { maxNewTokens?: number | undefined },
): number[] {
  const { maxLength, template, maxNewTokens = 1, ...rest } = optionsOf("encodePrompt", options);
  refuseUnknown("encodePrompt", rest);
  whole("encodePrompt", "maxLength", maxLength, { min: 2 });
  whole("encodePrompt", "maxNewTokens", maxNewTokens, { min: 1 });
  const own = template === undefined ? {} : { template };
  const ids =
    record.form === "text"
      ? tokenizer.encode(record.prompt)
      : tokenizer.encode(
          tokenizer.applyChatTemplate(record.prompt, { addGenerationPrompt: true, ...own }),
          { addSpecialTokens: false },
        );
  if (ids.length > 1 && ids.at(-1) === tokenizer.eosTokenId) ids.pop(); // Some tokenizers append an end token to every text.
  if (ids.length > 0 && ids.length + maxNewTokens <= maxLength) return ids;
  const { file, row } = record.place;
  throw new AlignError(
    "ERR_CONTEXT",
    `align/data: ${file}: line ${row}: prompt must have 1 to ${maxLength - maxNewTokens} tokens beside ${maxNewTokens} of an answer, got ${ids.length}`,
    { fields: { file, row, key: "prompt", tokens: ids.length, maxLength } },
  );
}
