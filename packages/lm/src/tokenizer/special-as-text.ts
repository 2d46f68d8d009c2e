import type { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";

/** A code point that stands for no character: U+FDD0, which Unicode leaves to programs. */
const MARK = "\ufdd0";

type PreTokenizer = (text: string, options?: object) => string[];

/** The special tokens of a tokenizer, the longest first. */
const specialTokens = (inner: HuggingFaceTokenizer): string[] =>
  [...inner.get_added_tokens_decoder().values()]
    .filter(({ special, content }) => special && content.length > 1)
    .map(({ content }) => content)
    .sort((a, b) => b.length - a.length);

const marked = (token: string) => token[0] + MARK + token.slice(1);

/**
 * Lets a text keep its special tokens as plain text: what the returned function marks is no longer recognised, and the mark
 * itself is taken out before words are looked up. Such text survives a chat template, whose own special tokens stay special.
 *
 * @param inner is changed: it removes the marks
 * @returns marks the special tokens that are spelled in a text
 */
export function specialAsText(inner: HuggingFaceTokenizer): (text: string) => string {
  const tokens = specialTokens(inner);
  const without = (text: string) =>
    text.includes(MARK)
      ? tokens.reduce((all, token) => all.replaceAll(marked(token), token), text)
      : text;
  const own = inner.pre_tokenizer as PreTokenizer | null;
  const preTokenizer: PreTokenizer = (text, options) =>
    own ? own(without(text), options) : [without(text)];
  inner.pre_tokenizer = preTokenizer as unknown as typeof inner.pre_tokenizer;
  return (text) => tokens.reduce((all, token) => all.replaceAll(token, marked(token)), text);
}
