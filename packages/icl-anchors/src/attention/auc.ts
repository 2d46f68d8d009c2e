import { AnchorsError, listOf } from "../errors";

/**
 * Area under the ROC curve: how often a positive scores above a negative, ties counting half. Computed from ranks.
 *
 * @param scores any finite numbers
 * @param positive true where the sample is positive
 * @returns from 0 to 1, never NaN: without positives or without negatives it throws
 * @throws {AnchorsError} `ERR_SHAPE` for lists of different lengths, `ERR_MISSING` when there are no positives or no
 *   negatives, `ERR_NOT_FINITE` for a score that is not a number
 */
export function areaUnderCurve(scores: ArrayLike<number>, positive: ArrayLike<boolean>): number {
  const n = scores.length;
  if (n !== positive.length)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/areaUnderCurve: ${n} scores need as many truths, got ${positive.length}`,
    );
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let [positives, rankSum] = [0, 0];
  for (let start = 0; start < n; ) {
    const value = scores[order[start]!]!;
    if (!Number.isFinite(value))
      throw new AnchorsError(
        "ERR_NOT_FINITE",
        `icl-anchors/areaUnderCurve: scores must be finite, got ${value} at ${order[start]}`,
      );
    let end = start;
    while (end < n && scores[order[end]!] === value) end++;
    for (let i = start; i < end; i++)
      if (positive[order[i]!]) {
        positives++;
        rankSum += (start + end + 1) / 2; // the mean of the ranks start + 1 … end
      }
    start = end;
  }
  const negatives = n - positives;
  if (positives === 0 || negatives === 0)
    throw new AnchorsError(
      "ERR_MISSING",
      `icl-anchors/areaUnderCurve: positives and negatives are needed, got ${positives} and ${negatives}`,
      { fields: { positives, negatives } },
    );
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** The AUC of a score vector per sample, and which classes took part. */
export interface ClassAuc {
  /** From 0 to 1. */
  auc: number;
  /** Classes that occur in the truth; the others are left out. */
  classes: readonly number[];
}

/**
 * How well scores per class separate the classes. With two classes in the truth: the plain AUC of the higher class's
 * raw score. With more: rows are normalised to sum 1 over the classes that occur; per pair {a, b}, the mean of the AUC of
 * a's score with a positive and of b's with b positive, over the samples of both; then the mean over pairs.
 *
 * @param scores per sample one score per class, at least 0
 * @param truth class of each sample
 * @throws {AnchorsError} `ERR_MISSING` when fewer than two classes occur; `ERR_SHAPE`, `ERR_NOT_FINITE`
 * @see Hand and Till 2001 (one against one); Wang et al. 2023, section 2.3
 */
export function classAuc(scores: readonly ArrayLike<number>[], truth: ArrayLike<number>): ClassAuc {
  if (scores.length !== truth.length)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/classAuc: ${scores.length} rows of scores need as many classes, got ${truth.length}`,
    );
  const kinds = Array.from(truth);
  const classes = [...new Set(kinds)].sort((a, b) => a - b);
  if (classes.length < 2)
    throw new AnchorsError(
      "ERR_MISSING",
      `icl-anchors/classAuc: at least two classes must occur, got ${classes.length}`,
      { fields: { classes } },
    );
  const last = classes.at(-1)!;
  if (classes.length === 2) {
    const raw = scores.map((row) => row[last]!);
    return {
      auc: areaUnderCurve(
        raw,
        kinds.map((kind) => kind === last),
      ),
      classes,
    };
  }
  const rows = scores.map((row) => normalised(row, classes));
  const areas: number[] = [];
  for (const [i, a] of classes.entries())
    for (const b of classes.slice(i + 1)) areas.push(pairAuc(rows, kinds, [a, b]));
  return { auc: areas.reduce((x, y) => x + y, 0) / areas.length, classes };
}

/** A row divided by its sum over `classes`. */
function normalised(row: ArrayLike<number>, classes: readonly number[]): Float64Array {
  const sum = classes.reduce((total, kind) => total + row[kind]!, 0);
  return Float64Array.from(row, (value) => (sum > 0 ? value / sum : 0));
}

function pairAuc(
  rows: readonly Float64Array[],
  kinds: readonly number[],
  pair: readonly [number, number],
): number {
  const among = kinds.flatMap((kind, i) => (pair.includes(kind) ? [i] : []));
  const areas = pair.map((positive) =>
    areaUnderCurve(
      among.map((i) => rows[i]![positive]!),
      among.map((i) => kinds[i] === positive),
    ),
  );
  return (areas[0]! + areas[1]!) / 2;
}

/**
 * R_l: the share of the layers up to l in the total predictive power of attention, Σ_{i≤l} (AUC_i − ½) / Σ_i (AUC_i −
 * ½). It may be outside [0, 1] if a layer is below ½.
 *
 * @param auc per layer
 * @returns per layer; null if the sum over all layers is 0, so that no share is defined
 * @see Wang et al. 2023, equation 6
 */
export function cumulativeShare(auc: ArrayLike<number>): number[] | null {
  listOf("cumulativeShare", "auc", auc);
  const gains = Array.from(auc, (area) => area - 0.5);
  const total = gains.reduce((a, b) => a + b, 0);
  if (Math.abs(total) < 1e-12) return null;
  let sum = 0;
  return gains.map((gain) => {
    sum += gain;
    return sum / total;
  });
}
