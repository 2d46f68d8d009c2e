import { atOnce, inSlices, type Slices, takeTurn } from "@deepgrain/support";
import { having, LmError, listOf, optionsOf } from "../errors";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import { type ChatTemplateOptions, chatText } from "../tokenizer/chat-template";

/** The part of a tokenizer that {@link chatPrompt} needs. */
export type ChatTokenizer = Pick<Tokenizer, "encode" | "applyChatTemplate"> &
  Partial<Pick<Tokenizer, "specialTokens" | "bosTokenId" | "eosTokenId" | "idToToken">>;

/** Options of {@link chatPrompt}. */
export type ChatPromptOptions = Omit<ChatTemplateOptions, "addGenerationPrompt">;

/** Messages that are looked at between two turns. */
const SLICE = 256;

/** Marks a place inside a special token that a message spells: two characters for private use that none of the texts has so. */
function* markFor(texts: readonly string[]): Slices<string> {
  const first = 0xe000;
  const last = 0xf8ff;
  const pairs = new Set<string>();
  for (const text of texts)
    for (const { index } of text.matchAll(/[\ue000-\uf8ff](?=[\ue000-\uf8ff])/g)) {
      pairs.add(text.slice(index, index + 2));
      if (pairs.size % SLICE === 0) yield;
    }
  for (let a = first; a <= last; a++)
    for (let b = first; b <= last; b++) {
      const mark = String.fromCharCode(a, b);
      if (a !== b && !pairs.has(mark)) return mark;
    }
  throw new LmError(
    "ERR_RANGE",
    "lm/chatPrompt: the messages have every character for private use",
  );
}

/** The special tokens that texts spell. */
function* spelledIn(texts: readonly string[], specialTokens: readonly string[]): Slices<string[]> {
  const spelled: string[] = [];
  for (const token of specialTokens) {
    if (token.length > 1 && texts.some((text) => text.includes(token))) spelled.push(token);
    yield;
  }
  return spelled;
}

/** A text whose special tokens have a mark after their first character. */
function* marked(text: string, specials: readonly string[], mark: string): Slices<string> {
  let result = text;
  for (const special of specials) {
    const [first = ""] = special;
    result = result.replaceAll(special, `${first}${mark}${special.slice(first.length)}`);
    yield;
  }
  return result;
}

/** The text of a conversation up to where the answer begins, cut inside the special tokens that a message spells. */
function* chatParts(
  tokenizer: Omit<ChatTokenizer, "encode">,
  messages: readonly ChatMessage[],
  options: ChatPromptOptions,
): Slices<string[]> {
  const contents = messages
    .map(({ content }) => content)
    .filter((text) => typeof text === "string");
  const specials = yield* spelledIn(contents, tokenizer.specialTokens ?? []);
  const mark = yield* markFor(contents);
  const given: ChatMessage[] = [];
  for (const message of messages) {
    const { content } = message;
    if (typeof content !== "string") given.push(message);
    else given.push({ ...message, content: yield* marked(content, specials, mark) });
    if (given.length % SLICE === 0) yield;
  }
  const asked = { ...options, addGenerationPrompt: true };
  const text = yield* chatText(tokenizer.applyChatTemplate, given, asked);
  return text.split(mark);
}

/** A text before a part, so that it does not begin a text: after a special token no space is put before text. */
function anchorOf(tokenizer: Omit<ChatTokenizer, "encode">, isFirst: boolean): string {
  const id = tokenizer.bosTokenId ?? tokenizer.eosTokenId;
  return isFirst || id === undefined ? "" : (tokenizer.idToToken?.(id) ?? "");
}

/**
 * The ids of a conversation, up to where the assistant's answer begins. Special tokens of the template become their ids;
 * those that a message spells are encoded as text, so that a message cannot end its own turn.
 *
 * @throws {LmError} `ERR_MISSING` without a template, `ERR_FORMAT` when the template fails
 */
export function chatPrompt(
  tokenizer: ChatTokenizer,
  messages: readonly ChatMessage[],
  options: ChatPromptOptions = {},
): number[] {
  having("chatPrompt", "tokenizer", tokenizer, "encode", "applyChatTemplate");
  listOf("chatPrompt", "messages", messages);
  return atOnce(chatParts(tokenizer, messages, options)).flatMap((part, i) => {
    const anchor = anchorOf(tokenizer, i === 0);
    const ids = tokenizer.encode(`${anchor}${part}`, { addSpecialTokens: false });
    return anchor === "" ? ids : ids.slice(1);
  });
}

/** Options of {@link chatPromptInTurns}. */
export interface ChatPromptInTurnsOptions extends ChatPromptOptions {
  /** Most ids. Default Infinity. */
  maxTokens?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The ids that {@link chatPrompt} returns, found in slices between which others have the event loop: for messages of strangers.
 *
 * @throws {LmError} `ERR_RANGE` (fields `maxTokens`, `leastTokens`) for a conversation with more than `maxTokens`; otherwise as
 *   `chatPrompt`; the signal's reason
 */
export async function chatPromptInTurns(
  tokenizer: Omit<ChatTokenizer, "encode"> & Pick<Tokenizer, "encodeInTurns">,
  messages: readonly ChatMessage[],
  options: ChatPromptInTurnsOptions = {},
): Promise<number[]> {
  const where = "chatPromptInTurns";
  having(where, "tokenizer", tokenizer, "encodeInTurns", "applyChatTemplate");
  listOf(where, "messages", messages);
  const { maxTokens = Number.POSITIVE_INFINITY, signal, ...templating } = optionsOf(where, options);
  signal?.throwIfAborted();
  const parts = await inSlices(chatParts(tokenizer, messages, templating), () => {
    signal?.throwIfAborted();
    return takeTurn();
  });
  const ids: number[] = [];
  for (const [i, part] of parts.entries()) {
    const anchor = anchorOf(tokenizer, i === 0);
    const start = anchor === "" ? 0 : 1;
    const most = maxTokens - ids.length + start;
    const own = await tokenizer
      .encodeInTurns(`${anchor}${part}`, { addSpecialTokens: false, maxTokens: most, signal })
      .catch((error: unknown) => refuseLength(error, ids.length - start, maxTokens));
    for (let k = start; k < own.length; k++) ids.push(own[k]!);
  }
  return ids;
}

/** Counts what stands before a part that is too long. */
function refuseLength(error: unknown, before: number, maxTokens: number): never {
  if (!LmError.isInstance(error) || !("leastTokens" in error.fields)) throw error;
  const leastTokens = before + Number(error.fields.leastTokens);
  throw new LmError(
    "ERR_RANGE",
    `lm/chatPromptInTurns: a conversation may have ${maxTokens} tokens, got at least ${leastTokens}`,
    { fields: { maxTokens, leastTokens } },
  );
}
