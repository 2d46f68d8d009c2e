import { atOnce, inSlices, type Slices, takeTurn } from "@deepgrain/support";
import { having, LmError, listOf, optionsOf, refuseUnknown } from "../errors";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import { type ChatTemplateOptions, chatText } from "../tokenizer/chat-template";

/** The part of a tokenizer that {@link chatPrompt} needs. */
export type ChatTokenizer = Pick<Tokenizer, "encode" | "applyChatTemplate"> &
  Partial<Pick<Tokenizer, "specialTokens" | "bosTokenId" | "eosTokenId" | "idToToken">>;

/** Options of {@link chatPrompt}. */
export interface ChatPromptOptions extends Omit<ChatTemplateOptions, "addGenerationPrompt"> {
  /**
   * Functions that the model may call, as templates take them: `{ type: "function", function: { name, description, parameters } }`.
   * Special tokens that they spell are text, as in messages.
   */
  tools?: readonly object[] | undefined;
}

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

/** Lists and objects inside one another, in what stands beside a message's content and in tools. */
const MOST_NESTED = 300;

/** Calls back for every text inside a value, and puts what it returns in its place. */
function* withTexts(
  value: unknown,
  change: (text: string) => Slices<string>,
  depth = 0,
): Slices<unknown> {
  if (typeof value === "string") return yield* change(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === MOST_NESTED)
    throw new LmError(
      "ERR_ARGUMENT",
      `lm/chatPrompt: values beside the text may be nested ${MOST_NESTED} times`,
    );
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(yield* withTexts(item, change, depth + 1));
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const [name, one] of Object.entries(value))
    entries.push([yield* change(name), yield* withTexts(one, change, depth + 1)]);
  return Object.fromEntries(entries);
}

/** A message, or the tools, in which every text is changed; names of a message's fields and its role are not. */
function* changed(
  messages: readonly ChatMessage[],
  change: (text: string) => Slices<string>,
): Slices<ChatMessage[]> {
  const given: ChatMessage[] = [];
  for (const message of messages) {
    const own: ChatMessage = { ...message };
    for (const [name, value] of Object.entries(message))
      if (name !== "role") own[name] = yield* withTexts(value, change);
    given.push(own);
    if (given.length % SLICE === 0) yield;
  }
  return given;
}

/** The text of a conversation up to where the answer begins, cut inside the special tokens that a message spells. */
function* chatParts(
  tokenizer: Omit<ChatTokenizer, "encode">,
  messages: readonly ChatMessage[],
  { tools, ...options }: ChatPromptOptions,
): Slices<string[]> {
  const texts: string[] = [];
  function* gather(text: string): Slices<string> {
    texts.push(text);
    if (texts.length % SLICE === 0) yield;
    return text;
  }
  yield* changed(messages, gather);
  yield* withTexts(tools, gather);
  const specials = yield* spelledIn(texts, tokenizer.specialTokens ?? []);
  const mark = yield* markFor(texts);
  const change = (text: string) => marked(text, specials, mark);
  const given = yield* changed(messages, change);
  const variables = tools
    ? { ...options.variables, tools: yield* withTexts(tools, change) }
    : options.variables;
  const asked = { ...options, variables, addGenerationPrompt: true };
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
  const { tools, template, variables, budget, ...rest } = optionsOf("chatPrompt", options);
  refuseUnknown("chatPrompt", rest);
  having("chatPrompt", "tokenizer", tokenizer, "encode", "applyChatTemplate");
  listOf("chatPrompt", "messages", messages);
  const parts = chatParts(tokenizer, messages, { tools, template, variables, budget });
  return atOnce(parts).flatMap((part, i) => {
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
