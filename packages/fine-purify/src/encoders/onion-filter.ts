import { takeTurn } from "@deepgrain/support";
import type { Labelled } from "../attacks/labelled";
import { keptWords, onionScores, type Perplexities } from "../defences/onion";
import { optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type RowClassifier, rowAccuracy } from "./row-classifier";

/** A defence at inference time that removes words from rows. */
export interface WordFilter<T> {
  /** Words that score at or above it are removed; `Infinity` if none is removed. */
  readonly threshold: number;
  /** Rows without them, and the removed words, row by row. */
  filter(rows: readonly T[]): Promise<{ row: T; removed: number }[]>;
}

/** Options of {@link onionFilter}. */
export interface OnionFilterOptions<T> {
  /** A fixed threshold, instead of choosing one. */
  threshold?: number | undefined;
  /** Clean rows on which the threshold is chosen. */
  clean?: readonly T[] | undefined;
  /** Minimum accuracy on them. Default: the classifier's own minus 5 points. */
  least?: number | undefined;
  /** Called with the share of the rows whose words were scored. */
  onProgress?: ((done: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Shares of the clean words that a threshold may remove, tried from the largest. */
const SHARES = [0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01];

/**
 * ONION for a classifier: removes words without which a text is more likely. If no threshold is given, the smallest one
 * at which the classifier keeps its accuracy on clean rows is used.
 *
 * @param perplexities of a language model, see `causalPerplexities` and `maskedPerplexities`
 * @throws {PurifyError} `ERR_ARGUMENT` for neither a threshold nor clean rows; as `onionScores`
 * @see Qi et al. 2021 (ONION); the choice of the threshold is ours
 */
export async function onionFilter<W, T extends Labelled<W>>(
  classifier: RowClassifier<T>,
  perplexities: Perplexities<W>,
  options: OnionFilterOptions<T>,
): Promise<WordFilter<T>> {
  const {
    clean = [],
    least,
    signal,
    threshold: fixed,
    onProgress,
    ...rest
  } = optionsOf("onionFilter", options);
  refuseUnknown("onionFilter", rest);
  const wordsOf = ({ words }: T) => words as readonly W[];
  const scored = async (rows: readonly T[], tell?: (done: number) => void) => {
    const found: { row: T; scores: number[] }[] = [];
    for (const row of rows) {
      await takeTurn();
      signal?.throwIfAborted();
      found.push({ row, scores: await onionScores(wordsOf(row), perplexities) });
      tell?.(found.length / rows.length);
    }
    return found;
  };
  const without = ({ row, scores }: { row: T; scores: number[] }, threshold: number) => {
    const words = keptWords(wordsOf(row), scores, threshold);
    return { row: { ...row, words }, removed: wordsOf(row).length - words.length };
  };
  const choose = async (): Promise<number> => {
    if (clean.length === 0)
      throw new PurifyError(
        "ERR_ARGUMENT",
        "fine-purify/onionFilter: a threshold is needed, or clean rows to choose one on",
      );
    const known = await scored(clean);
    const enough = least ?? (await rowAccuracy(classifier, clean)) - 0.05;
    const sorted = known.flatMap(({ scores }) => scores).sort((a, b) => b - a);
    for (const share of SHARES) {
      const threshold = sorted[Math.floor(share * sorted.length)]!;
      const rows = known.map((one) => without(one, threshold).row);
      if ((await rowAccuracy(classifier, rows)) >= enough) return threshold;
    }
    return Number.POSITIVE_INFINITY;
  };
  const threshold = fixed ?? (await choose());
  return {
    threshold,
    filter: async (rows) => (await scored(rows, onProgress)).map((one) => without(one, threshold)),
  };
}
