import { having, listOf } from "../errors";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import type { ChatTemplateOptions } from "../tokenizer/chat-template";

/** The part of a tokenizer that {@link chatPrompt} needs. */
export type ChatTokenizer = Pick<Tokenizer, "encode" | "applyChatTemplate"> &
  Partial<Pick<Tokenizer, "specialTokens" | "bosTokenId" | "eosTokenId" | "idToToken">>;

/** Marks a place inside a special token that a message spells; none of the texts has it. */
function markFor(texts: readonly string[]): string {
  let mark = "\ue000";
  while (texts.some((text) => text.includes(mark))) mark += "\ue001";
  return mark;
}

/** A text whose special tokens have a mark after their first character. */
function marked(text: string, specials: readonly string[], mark: string): string {
  let result = text;
  for (const special of specials) {
    const [first = ""] = special;
    result = result.replaceAll(special, `${first}${mark}${special.slice(first.length)}`);
  }
  return result;
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
  options: Omit<ChatTemplateOptions, "addGenerationPrompt"> = {},
): number[] {
  having("chatPrompt", "tokenizer", tokenizer, "encode", "applyChatTemplate");
  listOf("chatPrompt", "messages", messages);
  const { specialTokens = [] } = tokenizer;
  const contents = messages
    .map(({ content }) => content)
    .filter((text) => typeof text === "string");
  const specials = specialTokens.filter(
    (token) => token.length > 1 && contents.some((text) => text.includes(token)),
  );
  const mark = markFor(contents);
  const given = messages.map((message) =>
    typeof message.content === "string"
      ? { ...message, content: marked(message.content, specials, mark) }
      : message,
  );
  const text = tokenizer.applyChatTemplate(given, { ...options, addGenerationPrompt: true });
  const [first = "", ...others] = text.split(mark);
  return [first, ...others].flatMap((part, i) => encodePart(tokenizer, part, i === 0));
}

/** Text after a special token has no space put before it, as at the start of a text. */
function encodePart(tokenizer: ChatTokenizer, part: string, isFirst: boolean): number[] {
  const { bosTokenId, eosTokenId } = tokenizer;
  const id = bosTokenId ?? eosTokenId;
  const before = isFirst || id === undefined ? undefined : tokenizer.idToToken?.(id);
  if (before === undefined) return tokenizer.encode(part, { addSpecialTokens: false });
  return tokenizer.encode(`${before}${part}`, { addSpecialTokens: false }).slice(1);
}
