/** @file Rates with their uncertainty. */
import { listOf, real } from "../errors";

/** A share with a 95 % interval. */
export interface Rate {
  rate: number;
  low: number;
  high: number;
  trials: number;
}

const z95 = 1.959963984540054;

/**
 * Successes out of trials with Wilson's 95 % score interval; no trials give [0, 1].
 *
 * @see Wilson 1927
 */
export function wilson(successes: number, trials: number): Rate {
  real("wilson", "successes", successes);
  if (trials === 0) return { rate: 0, low: 0, high: 1, trials };
  const rate = successes / trials;
  const centre = rate + (z95 * z95) / (2 * trials);
  const spread = z95 * Math.sqrt((rate * (1 - rate)) / trials + (z95 / (2 * trials)) ** 2);
  const scale = 1 + (z95 * z95) / trials;
  return {
    rate,
    low: Math.max(0, (centre - spread) / scale),
    high: Math.min(1, (centre + spread) / scale),
    trials,
  };
}

/** Share of equal bits. */
export function bitAccuracy(bits: ArrayLike<number>, truth: ArrayLike<number>): number {
  listOf("bitAccuracy", "bits", bits);
  let same = 0;
  for (let i = 0; i < truth.length; i++) if (bits[i] === truth[i]) same++;
  return truth.length ? same / truth.length : 1;
}

/** Payload bits per token. */
export const codingRate = (bits: number, tokens: number): number => {
  real("codingRate", "bits", bits);
  return tokens > 0 ? bits / tokens : 0;
};

/**
 * Area under the ROC curve: P(a marked score exceeds an unmarked one), ties counting half.
 *
 * @param marked scores of marked texts, larger meaning more likely marked
 */
export function auroc(marked: ArrayLike<number>, unmarked: ArrayLike<number>): number {
  listOf("auroc", "marked", marked);
  const all = [
    ...Array.from(marked, (score) => ({ score, isMarked: true })),
    ...Array.from(unmarked, (score) => ({ score, isMarked: false })),
  ].sort((a, b) => a.score - b.score);
  let sum = 0;
  let below = 0;
  for (let i = 0; i < all.length; ) {
    let end = i;
    let tiedMarked = 0;
    while (end < all.length && all[end]!.score === all[i]!.score)
      if (all[end++]!.isMarked) tiedMarked++;
    const tiedUnmarked = end - i - tiedMarked;
    sum += tiedMarked * (below + tiedUnmarked / 2);
    below += tiedUnmarked;
    i = end;
  }
  return sum / Math.max(1, marked.length * unmarked.length);
}

/** Share of marked scores above the smallest threshold that at most `fpr` of the unmarked exceed. */
export function tprAtFpr(
  marked: ArrayLike<number>,
  unmarked: ArrayLike<number>,
  fpr: number,
): number {
  listOf("tprAtFpr", "marked", marked);
  const sorted = Array.from(unmarked).sort((a, b) => b - a);
  const threshold = sorted[Math.floor(fpr * sorted.length)] ?? Number.NEGATIVE_INFINITY;
  let hits = 0;
  for (let i = 0; i < marked.length; i++) if (marked[i]! > threshold) hits++;
  return hits / Math.max(1, marked.length);
}

/** The q-quantile of ascending values, interpolated linearly. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
