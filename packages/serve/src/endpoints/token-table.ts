import { type TokenScore, textStream } from "@deepgrain/lm";
import type { OpenModel } from "../served-model";

/** A token of a text: where it begins there, and how likely it was; null where nothing stands before it. */
export interface PlacedToken {
  readonly id: number;
  readonly start: number;
  readonly score: TokenScore | null;
}

/** The tokens of a prompt with their scores. */
export function promptTokens(
  { tokenizer }: OpenModel,
  prompt: readonly number[],
  scores: readonly (TokenScore | null)[],
): PlacedToken[] {
  const stream = textStream((ids) => tokenizer.decode(ids, { skipSpecialTokens: true }));
  let told = 0;
  return prompt.map((id, i) => {
    const start = told;
    told += stream.push(id).length;
    return { id, start, score: scores[i] ?? null };
  });
}

/** The likely tokens of a place by their text, the one that stands there included. */
function topOf({ tokenText }: OpenModel, id: number, { logProbability, top }: TokenScore) {
  const table: Record<string, number> = Object.create(null);
  for (const one of [{ id, logProbability }, ...top]) {
    const { text } = tokenText(one.id);
    table[text] = Math.max(table[text] ?? -Infinity, one.logProbability);
  }
  return table;
}

/**
 * Log-probabilities as text completions list them.
 * @param offset of the tokens' text in the choice's text
 */
export const tokenTable = (model: OpenModel, tokens: readonly PlacedToken[], offset: number) => ({
  tokens: tokens.map(({ id }) => model.tokenText(id).text),
  token_logprobs: tokens.map(({ score }) => score?.logProbability ?? null),
  top_logprobs: tokens.map(({ id, score }) => score && topOf(model, id, score)),
  text_offset: tokens.map(({ start }) => offset + start),
});
