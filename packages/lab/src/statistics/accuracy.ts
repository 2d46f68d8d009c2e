import { listOf } from "../errors";

/** A share of right answers with its 95 % interval. */
export interface Accuracy {
  right: number;
  asked: number;
  share: number;
  low: number;
  high: number;
}

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * The share of right answers and Wilson's 95 % interval for it, which stays within 0 and 1 and is valid for few answers too:
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
 * @param marks 1 for a right answer, 0 for a wrong one; at least one
 * @see Wilson 1927, "Probable inference, the law of succession, and statistical inference"
 */
export function accuracyInterval(marks: readonly number[]): Accuracy {
  listOf("accuracyInterval", "marks", marks);
  const asked = marks.length;
  const right = marks.reduce((sum, mark) => sum + mark, 0);
  const share = right / asked;
  const center = share + Z ** 2 / (2 * asked);
  const spread = Z * Math.sqrt((share * (1 - share)) / asked + Z ** 2 / (4 * asked ** 2));
  const unit = 1 + Z ** 2 / asked;
  const low = Math.max(0, (center - spread) / unit);
  const high = Math.min(1, (center + spread) / unit);
  return { right, asked, share, low, high };
}

/** How two models' answers to the same questions differ. */
export interface PairedAnswers {
  /** Questions that only the first, or only the second, answered right. */
  onlyFirst: number;
  onlySecond: number;
  /** Two-sided p that both are equally good: McNemar's exact test. */
  p: number;
}

/** Sum of the binomial probabilities of 0 to k successes in n fair trials. */
function fairTail(k: number, n: number): number {
  let logChoose = 0;
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logChoose - n * Math.LN2);
    logChoose += Math.log((n - i) / (i + 1));
  }
  return sum;
}

/**
 * Compares two models on the same questions.
 * @param first marks of its answers, 1 for right; `second` the same questions in the same order
 * @see McNemar 1947, "Note on the sampling error of the difference between correlated proportions"
 */
export function pairedAnswers(first: readonly number[], second: readonly number[]): PairedAnswers {
  listOf("pairedAnswers", "first", first);
  const count = (own: number, other: number) =>
    first.filter((mark, i) => mark === own && second[i] === other).length;
  const onlyFirst = count(1, 0);
  const onlySecond = count(0, 1);
  const fewer = Math.min(onlyFirst, onlySecond);
  return { onlyFirst, onlySecond, p: Math.min(1, 2 * fairTail(fewer, onlyFirst + onlySecond)) };
}
