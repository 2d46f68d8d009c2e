import { fail, LmError, listOf, textOf } from "../errors";
import type { Tokenizer } from "../tokenizer";

/** Texts of a call, at most: as many as OpenAI's API takes. */
export const mostTexts = 2048;

/** How the texts of a call are checked. */
interface Place {
  /** The function as its users call it. */
  where: string;
  /** The list of texts as the call names it. */
  name: string;
}

/** The texts of a call. @throws {LmError} `ERR_ARGUMENT` for no list, `ERR_RANGE` for an empty text, none or too many */
export function checkedTexts({ where, name }: Place, texts: readonly string[]): readonly string[] {
  const { length } = listOf(where, name, texts);
  if (length === 0 || length > mostTexts)
    fail("ERR_RANGE", `${where}: ${name} must have 1 to ${mostTexts} texts, got ${length}`);
  for (const [i, text] of texts.entries()) checkedText(where, `${name}[${i}]`, text);
  return texts;
}

/** A text. @throws {LmError} `ERR_ARGUMENT` for what is none, `ERR_RANGE` for one without a character */
export function checkedText(where: string, name: string, text: string): string {
  if (textOf(where, name, text) === "") fail("ERR_RANGE", `${where}: ${name} must not be empty`);
  return text;
}

/** How a text is encoded. */
interface Encoding {
  /** Adds what the tokenizer puts around a text. */
  addSpecialTokens: boolean;
  /** Tokens that the model reads at a time. */
  longest: number;
  /** Those that are read beside the text's ids. */
  others: number;
  signal: AbortSignal | undefined;
}

/** The ids of a text that is read whole. @throws {LmError} `ERR_RANGE` for one that is too long; the signal's reason */
export async function wholeIds(
  { where, name }: Place,
  tokenizer: Tokenizer,
  text: string,
  { addSpecialTokens, longest, others, signal }: Encoding,
): Promise<number[]> {
  const maxTokens = Math.max(0, longest - others);
  try {
    return await tokenizer.encodeInTurns(text, { addSpecialTokens, maxTokens, signal });
  } catch (error) {
    if (!LmError.isInstance(error) || !("leastTokens" in error.fields)) throw error;
    const leastTokens = Number(error.fields.leastTokens) + others;
    return fail(
      "ERR_RANGE",
      `${where}: ${name} must have at most ${longest} tokens, got at least ${leastTokens}`,
      { maxTokens: longest, leastTokens },
    );
  }
}

/** @throws {LmError} `ERR_MISMATCH` for a tokenizer with more tokens than the model */
export function assertMatches(
  where: string,
  { config }: { config: { vocabSize: number } },
  { vocabSize }: Tokenizer,
): void {
  if (vocabSize > config.vocabSize)
    fail(
      "ERR_MISMATCH",
      `${where}: the tokenizer has ${vocabSize} tokens, the model ${config.vocabSize}`,
    );
}
