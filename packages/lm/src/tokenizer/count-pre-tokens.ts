import { takeTurn } from "@deepgrain/support";
import { SplitPreTokenizer } from "@huggingface/tokenizers";
import { LmError } from "../errors";

/**
 * The pre-token pattern of GPT-2 as `tokenizer.json` writes it: contractions, letters, digits and other
 * signs, each with at most one leading space, and runs of white space.
 * @see Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, released `encoder.py`
 */
export const gpt2Pattern =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const maximumCountedAtOnce = 1 << 20; // characters matched per call: bounds the list that `match` returns

/** Returns the function that splits a text as a tokenizer with this pattern does. */
function preTokenizer(pattern: string): (text: string) => readonly string[] {
  if (pattern === gpt2Pattern) {
    const expression = new RegExp(gpt2Pattern, "gu");
    return (text) => text.match(expression) ?? [];
  }
  try {
    const split = new SplitPreTokenizer({
      type: "Split",
      pattern: { Regex: pattern },
      behavior: "Isolated",
      invert: false,
    });
    return (text) => split.pre_tokenize_text(text);
  } catch (cause) {
    throw new LmError("ERR_RANGE", `lm/trainBpe: pattern is not a regular expression: ${pattern}`, {
      fields: { pattern },
      cause,
    });
  }
}

/**
 * Splits a long text after single line breaks that are followed by a letter: GPT-2's pattern gives the same pre-tokens
 * for the parts as for the whole.
 */
function* pieces(text: string): Generator<string> {
  const seam = /(?<=\S)\n(?=\p{L})/gu;
  let start = 0;
  while (text.length - start > maximumCountedAtOnce) {
    seam.lastIndex = start + maximumCountedAtOnce;
    const found = seam.exec(text);
    if (!found) break;
    yield text.slice(start, found.index + 1);
    start = found.index + 1;
  }
  yield text.slice(start);
}

const escapeForExpression = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/**
 * Returns the function that cuts texts at special tokens, so that none of them is ever counted.
 * If one special token is a prefix of another, the longer one is matched.
 */
function specialSplitter(specialTokens: readonly string[]): (text: string) => string[] {
  if (specialTokens.length === 0) return (text) => [text];
  const longestFirst = [...specialTokens].sort((a, b) => b.length - a.length);
  const expression = new RegExp(longestFirst.map(escapeForExpression).join("|"), "u");
  return (text) => text.split(expression);
}

/**
 * Counts the pre-tokens of all texts.
 *
 * @param texts each is one document: nothing is joined across two of them
 * @param options.pattern regular expression of a pre-token, in the syntax of `tokenizer.json`
 * @param options.specialTokens strings at which texts are cut and that are not counted
 * @returns occurrences by pre-token, in order of first occurrence
 * @throws {LmError} `ERR_RANGE` when the pattern is not a regular expression; `signal`'s reason when aborted
 */
export async function countPreTokens(
  texts: Iterable<string> | AsyncIterable<string>,
  {
    pattern = gpt2Pattern,
    specialTokens = [],
    signal,
  }: {
    pattern?: string | undefined;
    specialTokens?: readonly string[] | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<Map<string, number>> {
  const split = preTokenizer(pattern);
  const cut = specialSplitter(specialTokens);
  const counts = new Map<string, number>();
  for await (const text of texts) {
    for (const part of cut(text))
      for (const piece of pattern === gpt2Pattern ? pieces(part) : [part]) {
        await takeTurn();
        signal?.throwIfAborted();
        for (const token of split(piece)) counts.set(token, (counts.get(token) ?? 0) + 1);
      }
  }
  return counts;
}
