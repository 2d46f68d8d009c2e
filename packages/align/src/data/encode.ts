import { type ChatMessage, type EncodedChat, ignoreIndex, type Tokenizer } from "@deepgrain/lm";
import { AlignError, optionsOf, refuseUnknown, whole } from "../errors";
import type { PreferenceRecord, SftRecord } from "./records";
import { type Place, rowError } from "./rows";

/** The parts of a tokenizer that encoding needs. */
export type ChatTokenizer = Pick<Tokenizer, "encode" | "applyChatTemplate" | "eosTokenId">;

/** Options of {@link encodePreference} and {@link encodeConversation}. */
export interface EncodeOptions {
  /** Length of the context in tokens, at least 2. */
  maxLength: number;
  /** Name of one of the tokenizer's chat templates, or a Jinja template. Default: the tokenizer's own. */
  template?: string | undefined;
}

/** A pair as token ids. Both answers follow the same prompt; labels are −100 on the prompt. */
export interface EncodedPair {
  chosen: EncodedChat;
  rejected: EncodedChat;
  promptTokens: number;
  /** True where an answer was longer than the context and was truncated. */
  isTruncated: boolean;
  margin?: number | undefined;
}

interface Segment {
  text: string;
  isTrained: boolean;
}

const templateOption = ({ template }: EncodeOptions) =>
  template === undefined ? {} : { template };

/** The conversation as text, split before and after the answers that are trained on. */
function segmentsOf(
  messages: readonly ChatMessage[],
  tokenizer: ChatTokenizer,
  { place, options, from = 0 }: { place: Place; options: EncodeOptions; from?: number | undefined },
): Segment[] {
  const segments: Segment[] = [];
  let written = "";
  const extend = (text: string, isTrained: boolean) => {
    if (!text.startsWith(written))
      throw rowError(
        place,
        "messages",
        "turns whose template only appends to the text before them",
        text,
      );
    if (text.length > written.length)
      segments.push({ text: text.slice(written.length), isTrained });
    written = text;
  };
  const write = (count: number, addGenerationPrompt: boolean) =>
    tokenizer.applyChatTemplate(messages.slice(0, count), {
      addGenerationPrompt,
      ...templateOption(options),
    });
  for (const [i, { role, mask }] of messages.entries()) {
    if (role !== "assistant" || i < from || mask === 1) continue;
    extend(write(i, true), false);
    extend(write(i + 1, false), true);
  }
  extend(write(messages.length, false), false);
  return segments;
}

function encodeSegments(
  segments: readonly Segment[],
  tokenizer: ChatTokenizer,
  first: number[] = [],
): EncodedChat {
  const chat: EncodedChat = { inputIds: [...first], labels: first.map(() => ignoreIndex) };
  for (const { text, isTrained } of segments)
    for (const id of tokenizer.encode(text, { addSpecialTokens: false })) {
      chat.inputIds.push(id);
      chat.labels.push(isTrained ? id : ignoreIndex);
    }
  return chat;
}

/** The ids of a text prompt begin with the tokenizer's usual start tokens; an answer ends with EOS. */
function encodeText(prompt: string, answer: string, tokenizer: ChatTokenizer): EncodedChat {
  const ids = tokenizer.encode(prompt);
  if (tokenizer.eosTokenId !== undefined && ids.at(-1) === tokenizer.eosTokenId) ids.pop();
  const chat = encodeSegments([{ text: answer, isTrained: true }], tokenizer, ids);
  if (tokenizer.eosTokenId === undefined) return chat;
  chat.inputIds.push(tokenizer.eosTokenId);
  chat.labels.push(tokenizer.eosTokenId);
  return chat;
}

const promptLength = ({ labels }: EncodedChat) =>
  labels.findIndex((label) => label !== ignoreIndex);

/** Truncates to the context. @throws {AlignError} `ERR_CONTEXT`; `ERR_FORMAT` without an answer */
function fitContext(
  chat: EncodedChat,
  { file, row }: Place,
  { maxLength }: EncodeOptions,
): EncodedChat {
  const prompt = promptLength(chat);
  if (prompt < 0)
    throw rowError({ file, row }, "answer", "an assistant's turn to train on", undefined);
  if (prompt >= maxLength)
    throw new AlignError(
      "ERR_CONTEXT",
      `align/data: ${file}: line ${row}: prompt must leave room for an answer in ${maxLength} tokens, got ${prompt}`,
      { fields: { file, row, key: "prompt", tokens: prompt, maxLength } },
    );
  return { inputIds: chat.inputIds.slice(0, maxLength), labels: chat.labels.slice(0, maxLength) };
}

/**
 * Encodes an example of supervised fine-tuning, with labels on the assistant's answers only. Each segment of text is
 * encoded separately, so that an answer's tokens never extend into the prompt. Samples longer than the context are
 * truncated at the end.
 *
 * @throws {AlignError} `ERR_CONTEXT` for a prompt that fills the context, `ERR_FORMAT` without an answer or for a template that
 *   rewrites earlier turns, both naming file and row; `LmError` for a missing or failing template
 */
export function encodeConversation(
  record: SftRecord,
  tokenizer: ChatTokenizer,
  options: EncodeOptions,
): EncodedChat {
  const { maxLength, template, ...rest } = optionsOf("encodeConversation", options);
  refuseUnknown("encodeConversation", rest);
  whole("encodeConversation", "maxLength", maxLength, { min: 2 });
  const { place } = record;
  const chat =
    record.form === "text"
      ? encodeText(record.prompt, record.completion, tokenizer)
      : encodeSegments(segmentsOf(record.messages, tokenizer, { place, options }), tokenizer);
  return fitContext(chat, place, options);
}

/**
 * Encodes a preference pair. Answers longer than the context are truncated at the end.
 *
 * @throws {AlignError} as {@link encodeConversation}; `ERR_EQUAL` where both answers are the same (after truncation)
 */
export function encodePreference(
  record: PreferenceRecord,
  tokenizer: ChatTokenizer,
  options: EncodeOptions,
): EncodedPair {
  const { maxLength, template, ...rest } = optionsOf("encodePreference", options);
  refuseUnknown("encodePreference", rest);
  whole("encodePreference", "maxLength", maxLength, { min: 2 });
  const { place } = record;
  const encode = (side: "chosen" | "rejected") => {
    if (record.form === "text") return encodeText(record.prompt, record[side], tokenizer);
    const messages = [...record.prompt, ...record[side]];
    return encodeSegments(
      segmentsOf(messages, tokenizer, { place, options, from: record.prompt.length }),
      tokenizer,
    );
  };
  const full = [encode("chosen"), encode("rejected")] as const;
  const [chosen, rejected] = [
    fitContext(full[0], place, options),
    fitContext(full[1], place, options),
  ];
  if (chosen.inputIds.join() === rejected.inputIds.join())
    throw new AlignError(
      "ERR_EQUAL",
      `align/data: ${place.file}: line ${place.row}: chosen and rejected must differ within ${options.maxLength} tokens, got equal answers`,
      { fields: { ...place, key: "rejected" } },
    );
  return {
    chosen,
    rejected,
    promptTokens: promptLength(chosen),
    isTruncated: full.some(({ inputIds }) => inputIds.length > options.maxLength),
    margin: record.margin,
  };
}
