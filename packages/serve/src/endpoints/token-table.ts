import type { TokenScore } from "@deepgrain/lm";
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
 * @param offset of the first token in the choice's text
 */
export function tokenTable(model: OpenModel, { ids, scores }: ScoredTokens, offset: number) {
  let place = offset;
  const placeOf = (id: number) => {
    const start = place;
    place += model.tokenText(id).length;
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
