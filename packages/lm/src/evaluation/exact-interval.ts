import { real, whole } from "../errors";

/** A share of rows with its exact interval. */
export interface Share {
  readonly correct: number;
  readonly total: number;
  /** NaN without rows. */
  readonly share: number;
  /** Of 95 %, by Clopper and Pearson: it holds the true share at least so often. */
  readonly interval: readonly [low: number, high: number];
}

/** ln of the factorials up to a number. */
function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let i = 1; i <= most; i++) logs[i] = logs[i - 1]! + Math.log(i);
  return logs;
}

/** Where a rising function of a probability reaches a value. */
function crossing(value: number, rising: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The share of correct rows with its exact interval: the probabilities at which as many correct rows, or more, and as many, or
 * fewer, each come with half of what is left.
 *
 * @param confidence default 0.95
 * @see Clopper and Pearson 1934
 */
export function exactShare(correct: number, total: number, confidence = 0.95): Share {
  whole("exactShare", "total", total, { min: 0 });
  whole("exactShare", "correct", correct, { min: 0, max: total });
  real("exactShare", "confidence", confidence, { above: 0, below: 1 });
  const logs = logFactorials(total);
  const chance = (k: number, p: number) =>
    Math.exp(
      logs[total]! - logs[k]! - logs[total - k]! + k * Math.log(p) + (total - k) * Math.log1p(-p),
    );
  const sum = (from: number, to: number, p: number) => {
    let total = 0;
    for (let k = from; k <= to; k++) total += chance(k, p);
    return total;
  };
  const tail = (1 - confidence) / 2;
  const low = correct === 0 ? 0 : crossing(tail, (p) => sum(correct, total, p));
  const high = correct === total ? 1 : crossing(1 - tail, (p) => 1 - sum(0, correct, p));
  return { correct, total, share: correct / total, interval: [low, high] };
}
