import type { Processor } from "../core/processor";
import { iterableOf, optionsOf, real, refuseUnknown, WatermarkError, whole } from "../errors";

/** Options of `stealGreenLists`. */
export interface StealOptions {
  vocabSize: number;
  /** Tokens before the next one that the attacker believes the list depends on; 0 for one list. Default 1. */
  context?: number | undefined;
  /** Times a context must have been seen in marked text before it counts. Default 2. */
  minSeen?: number | undefined;
  /** Added to tokens that look favoured, in proportion to how much. Default 4. */
  bias?: number | undefined;
}

/** The green lists that an attacker has learned from marked text. */
export interface StolenMark {
  /** How favoured a token looks after a context, in [0, 1]; 0 for one that was not seen. */
  scoreOf(context: readonly number[], token: number): number;
  /** Contexts that were learned. */
  readonly contexts: number;
  /** Writes text that looks marked, without the key: edits logits as a processor of the real mark. */
  createProcessor(): Processor;
}

type Counts = Map<string, { total: number; tokens: Map<number, number> }>;

function countAfter(texts: Iterable<ArrayLike<number>>, context: number): Counts {
  const counts: Counts = new Map();
  for (const ids of texts)
    for (let t = context; t < ids.length; t++) {
      const name = Array.prototype.slice.call(ids, t - context, t).join();
      const row = counts.get(name) ?? { total: 0, tokens: new Map() };
      counts.set(name, row);
      row.total++;
      row.tokens.set(ids[t]!, (row.tokens.get(ids[t]!) ?? 0) + 1);
    }
  return counts;
}

/** The largest ratio that counts as more favoured still. */
const CLIP = 2;

/**
 * Learns green lists from only marked text, the attack that makes spoofing possible: tokens that follow a context more
 * often in marked text than in other text look green. Measures how learnable a scheme is: text that is written with the
 * result should not be found by the real detector.
 *
 * @param marked texts by the marked model, as ids
 * @param base texts of the same kind without the mark
 * @throws {WatermarkError} `ERR_RANGE` for options outside their ranges
 * @see Jovanović, Staab and Vechev 2024 (2402.19361), section 4: the score min(p_marked/p_base, 2)/2 of tokens with a ratio of at least 1
 */
export function stealGreenLists(
  marked: Iterable<ArrayLike<number>>,
  base: Iterable<ArrayLike<number>>,
  options: StealOptions,
): StolenMark {
  const where = "stealGreenLists";
  const { vocabSize, context = 1, minSeen = 2, bias = 4, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest, ["vocabSize", "context", "minSeen", "bias"]);
  iterableOf(where, "marked", marked);
  iterableOf(where, "base", base);
  whole(where, "vocabSize", vocabSize, { min: 1 });
  whole(where, "minSeen", minSeen, { min: 1 });
  real(where, "bias", bias);
  if (!(Number.isInteger(context) && context >= 0 && context <= 16))
    throw new WatermarkError(
      "ERR_RANGE",
      `stealGreenLists: context must be 0 to 16, got ${context}`,
    );
  const [seen, plain] = [countAfter(marked, context), countAfter(base, context)];
  const everywhere = countAfter(base, 0).get("") ?? { total: 0, tokens: new Map() };
  const scores = new Map<string, Map<number, number>>();
  for (const [name, { total, tokens }] of seen) {
    if (total < minSeen) continue;
    const other = plain.get(name);
    const row = new Map<number, number>();
    for (const [token, count] of tokens) {
      // What unmarked text does after this context, or anywhere where it has never shown that context.
      const backoff =
        ((everywhere.tokens.get(token) ?? 0) + 0.5) / (everywhere.total + vocabSize / 2);
      const usual = ((other?.tokens.get(token) ?? 0) + 4 * backoff) / ((other?.total ?? 0) + 4);
      const ratio = count / total / usual;
      if (ratio >= 1) row.set(token, Math.min(ratio, CLIP) / CLIP);
    }
    scores.set(name, row);
  }
  const rowOf = (ids: ArrayLike<number>): ReadonlyMap<number, number> | undefined =>
    ids.length < context
      ? undefined
      : scores.get(Array.prototype.slice.call(ids, ids.length - context).join());
  return {
    contexts: scores.size,
    scoreOf: (ids, token) => rowOf(ids)?.get(token) ?? 0,
    createProcessor: () =>
      Object.assign(
        (ids: ArrayLike<number>, logits: Float32Array) => {
          for (const [token, score] of rowOf(ids) ?? []) logits[token]! += bias * score;
          return logits;
        },
        { reset() {} },
      ),
  };
}
