/** @file One presence test over keys and windows. */
import { normalTail } from "../statistics/normal";
import type { Detection, DetectOptions, Window } from "./results";
import type { Mark, ReadOptions, Scheme, Scored } from "./scheme";

/** A scheme bound to a named key. */
export interface Detector {
  keyId: string | undefined;
  scheme: Scheme;
}

/** The best key and window, with the data for a closer examination. */
export interface Evaluation {
  detection: Detection;
  detector: Detector;
  scored: Scored;
  /** All picks in the window, repeats included, and those that were tested. */
  all: number[];
  picks: number[];
  marks: Mark[];
  isWindow: boolean;
}

/** Windows to try: the complete text, then each size, moved by its stride. */
export function listWindows(length: number, options: DetectOptions): Window[] {
  const windows: Window[] = [{ start: 0, end: length }];
  for (const size of options.windows?.sizes ?? []) {
    if (size >= length) continue;
    const stride = Math.max(1, Math.round(options.windows?.stride ?? size / 4));
    for (let start = 0; start < length; start += stride) {
      const end = Math.min(length, start + size);
      windows.push({ start: end - size, end });
      if (end === length) break;
    }
  }
  return windows;
}

/** Indices of scored positions inside a window; with `ignoreRepeated` only the first of each name. */
export function pick(scored: Scored, window: Window, ignoreRepeated: boolean): number[] {
  const picks: number[] = [];
  const seen = new Set<string>();
  scored.positions.forEach((position, i) => {
    if (position < window.start || position >= window.end) return;
    const name = scored.names[i]!;
    if (ignoreRepeated && seen.has(name)) return;
    seen.add(name);
    picks.push(i);
  });
  return picks;
}

/**
 * Positions whose observations are summed in the score: those left by a published detector's mask where the scheme
 * defines one, otherwise those of the test.
 */
function counted(scored: Scored, window: Window, tested: number[], ignoreRepeated: boolean) {
  const { isMasked } = scored;
  if (!isMasked || !ignoreRepeated) return tested;
  return pick(scored, window, false).filter((i) => !isMasked[i]);
}

/** Sums of observations, means and variances. */
function totals(marks: readonly Mark[]): { value: number; mean: number; variance: number } {
  const sum = { value: 0, mean: 0, variance: 0 };
  for (const mark of marks) {
    sum.value += mark.value;
    sum.mean += mark.mean;
    sum.variance += mark.variance;
  }
  return sum;
}

/** Tests every key on every window and keeps the smallest p-value, multiplied by the number tried. */
export function evaluate(
  detectors: readonly Detector[],
  ids: ArrayLike<number>,
  options: DetectOptions,
  read: ReadOptions,
): Evaluation {
  const windows = listWindows(ids.length, options);
  const tries = windows.length * detectors.length;
  let best: Evaluation | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const detector of detectors) {
    const scored = detector.scheme.score(ids, read.spend);
    windows.forEach((window, w) => {
      const ignoreRepeated = options.ignoreRepeated ?? true;
      const tested = pick(scored, window, ignoreRepeated);
      const isWindow = w > 0;
      const test = detector.scheme.test(scored, tested, { ...read, isWindow });
      const { pValue } = test;
      if (best && pValue >= smallest) return;
      smallest = pValue;
      const picks = counted(scored, window, tested, ignoreRepeated);
      const { marks } =
        picks === tested ? test : detector.scheme.test(scored, picks, { ...read, isWindow });
      const all = pick(scored, window, false);
      const { value, mean, variance } = totals(marks);
      const z = variance > 0 ? (value - mean) / Math.sqrt(variance) : 0;
      const alpha = options.alpha ?? 1e-3;
      const corrected = Math.min(1, pValue * tries);
      const verdict = corrected <= alpha ? "found" : "not-found";
      best = {
        detector,
        scored,
        all,
        picks,
        marks,
        isWindow,
        detection: {
          verdict: picks.length === 0 ? "insufficient" : verdict,
          pValue: picks.length === 0 ? 1 : corrected,
          z,
          isNormal:
            detector.scheme.hasNormalScore && tries === 1 && ignoreRepeated && picks === tested,
          normalTail: normalTail(z),
          scored: marks.length,
          score: value,
          expected: mean,
          alpha,
          tokensNeeded: detector.scheme.unscoredTokens + 1,
          keyId: detector.keyId,
          window,
          windowsTried: windows.length,
          keysTried: detectors.length,
        },
      };
    });
  }
  return best!;
}
