import { type TokenScore, textStream } from "@deepgrain/lm";
import type { OpenModel } from "../served-model";

/** Tokens, and how likely each was; null where nothing stands before it. */
export interface ScoredTokens {
  readonly ids: readonly number[];
  readonly scores: readonly (TokenScore | null)[];
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
 * @param before what stands before the tokens in the choice: characters of its text, and tokens
 */
export function tokenTable(
  model: OpenModel,
  { ids, scores }: ScoredTokens,
  before: { readonly characters: number; readonly ids: readonly number[] },
) {
  const { tokenizer } = model;
  const decode = (list: number[]) => tokenizer.decode(list, { skipSpecialTokens: true });
  const stream = textStream(decode, { after: before.ids });
  const placeOf = (id: number) => {
    const start = before.characters + stream.length;
    stream.push(id);
    return start;
  };
  const scoreOf = (i: number) => scores[i] ?? null;
  return {
    tokens: ids.map((id) => model.tokenText(id).text),
    token_logprobs: ids.map((_, i) => scoreOf(i)?.logProbability ?? null),
    top_logprobs: ids.map((id, i) => scoreOf(i) && topOf(model, id, scoreOf(i)!)),
    text_offset: ids.map(placeOf),
  };
}
