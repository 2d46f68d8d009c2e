import { assertShare, listOf, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { drawInteger, type Random, shuffled } from "../random";

/** Class probabilities of each text. */
export type Classify<W = string> = (
  texts: readonly (readonly W[])[],
) => Promise<readonly (readonly number[])[]>;

/** Options of {@link stripEntropies}. */
export interface StripOptions {
  /** Perturbed copies of each text. Default 5 (OpenBackdoor); 20 in RAP's comparison. */
  copies?: number | undefined;
  /** Share of the words that are replaced. Default 0.5 (OpenBackdoor); 0.05 in RAP's comparison. */
  ratio?: number | undefined;
  random: Random;
}

/**
 * The words of held-out texts from the highest TF-IDF: how often a word occurs in a text, times the logarithm of the
 * share of texts without it. Each word counts with its highest value over the texts.
 */
export function tfIdfWords<W>(texts: readonly (readonly W[])[]): W[] {
  const documents = new Map<W, number>();
  for (const words of texts)
    for (const word of new Set(words)) documents.set(word, (documents.get(word) ?? 0) + 1);
  const best = new Map<W, number>();
  for (const words of texts) {
    const counts = new Map<W, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const value = (count / words.length) * Math.log((1 + texts.length) / documents.get(word)!);
      best.set(word, Math.max(best.get(word) ?? 0, value));
    }
  }
  return [...best].sort((a, b) => b[1] - a[1]).map(([word]) => word);
}

function perturbed<W>(words: readonly W[], pool: readonly W[], ratio: number, random: Random): W[] {
  const chosen = new Set(shuffled(words.keys(), random).slice(0, Math.ceil(ratio * words.length)));
  return words.map((word, i) => (chosen.has(i) ? pool[drawInteger(random, pool.length)]! : word));
}

const entropy = (probabilities: readonly number[]): number =>
  -probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);

/**
 * The mean entropy of each text's predictions when part of its words are replaced by characteristic words of other
 * texts. A trigger survives and keeps the prediction certain: low entropy indicates poisoning. The mean is taken per
 * text.
 *
 * @param heldOut clean texts whose words with the highest TF-IDF, at most 1000, replace others
 * @throws {PurifyError} `ERR_DATA` without held-out texts; `ERR_RANGE`; `ERR_SHAPE` for another number of predictions
 * @see Gao et al. 2021 (STRIP), section 3
 */
export async function stripEntropies<W>(
  texts: readonly (readonly W[])[],
  heldOut: readonly (readonly W[])[],
  classify: Classify<W>,
  options: StripOptions,
): Promise<number[]> {
  const { copies = 5, ratio = 0.5, random, ...rest } = optionsOf("stripEntropies", options);
  refuseUnknown("stripEntropies", rest);
  listOf("stripEntropies", "texts", texts);
  listOf("stripEntropies", "heldOut", heldOut);
  assertShare("stripEntropies", "ratio", ratio);
  const pool = tfIdfWords(heldOut).slice(0, 1000);
  if (pool.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/stripEntropies: there are no held-out texts");
  const all = texts.flatMap((words) =>
    Array.from({ length: copies }, () => perturbed(words, pool, ratio, random)),
  );
  const probabilities = await classify(all);
  if (probabilities.length !== all.length)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/stripEntropies: ${all.length} predictions needed, got ${probabilities.length}`,
    );
  return texts.map((_, text) => {
    const own = probabilities.slice(text * copies, (text + 1) * copies);
    return own.reduce((sum, one) => sum + entropy(one), 0) / copies;
  });
}
