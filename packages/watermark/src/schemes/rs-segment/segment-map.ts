import { WatermarkError } from "../../errors";
import { keyedPermutation } from "../../prf/permutation";
import type { Seed } from "../../prf/siphash";

/**
 * Assigns tokens to `segments` so that each gets about the same share of text: the vocabulary, in a keyed order, is
 * split into contiguous runs that minimise Σ (sum of frequencies)², by dynamic programming with divide and conquer.
 *
 * @param frequencies counts or probabilities, shape [vocabulary], non-negative
 * @returns segment of each token, shape [vocabulary]
 * @throws {WatermarkError} `ERR_RANGE` for negative or non-finite frequencies or too few tokens
 * @see Qu et al. 2024 (2401.16820), balanced segment assignment
 */
export function balancedSegmentMap(
  frequencies: ArrayLike<number>,
  segments: number,
  seed: Seed,
): Uint16Array {
  const size = frequencies.length;
  if (segments > size)
    throw new WatermarkError(
      "ERR_RANGE",
      `balancedSegmentMap: ${segments} segments, ${size} tokens`,
    );
  const order = keyedPermutation(seed, size, size);
  const sums = new Float64Array(size + 1);
  for (let i = 0; i < size; i++) {
    const frequency = frequencies[order[i]!]!;
    if (!(frequency >= 0 && frequency < Number.POSITIVE_INFINITY))
      throw new WatermarkError("ERR_RANGE", `balancedSegmentMap: frequency ${frequency}`);
    sums[i + 1] = sums[i]! + frequency;
  }
  const cuts = cutRuns(sums, segments);
  const map = new Uint16Array(size);
  for (let i = 0, segment = 0; i < size; i++) {
    while (i >= cuts[segment]!) segment++;
    map[order[i]!] = segment;
  }
  return map;
}

/** Ends of the runs, shape [segments]; every run has at least one token. */
function cutRuns(sums: Float64Array, segments: number): number[] {
  const size = sums.length - 1;
  let cost = Float64Array.from(sums, (sum, i) => (i === 0 ? Number.POSITIVE_INFINITY : sum * sum));
  const choices: Int32Array[] = [];
  for (let run = 2; run <= segments; run++) {
    const next = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const choice = new Int32Array(size + 1);
    const solve = (from: number, to: number, least: number, most: number): void => {
      if (from > to) return;
      const end = (from + to) >> 1;
      for (let cut = Math.max(least, run - 1); cut <= Math.min(most, end - 1); cut++) {
        const value = cost[cut]! + (sums[end]! - sums[cut]!) ** 2;
        if (value >= next[end]!) continue;
        next[end] = value;
        choice[end] = cut;
      }
      solve(from, end - 1, least, choice[end]!);
      solve(end + 1, to, choice[end]!, most);
    };
    solve(run, size, run - 1, size - 1);
    choices.push(choice);
    cost = next;
  }
  const cuts = [size];
  for (const choice of choices.reverse()) cuts.unshift(choice[cuts[0]!]!);
  return cuts;
}
