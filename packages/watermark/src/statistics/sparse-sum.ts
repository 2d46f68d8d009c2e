/** @file Tails of sums of parts that take few of many possible values. */
import { sumTail } from "./binomial";

/** The distribution of an independent part: P by value, whole numbers from 0. */
export type Part = ReadonlyMap<number, number>;

const largestOf = (part: Part): number => Math.max(...part.keys());

/** {@link sumTail} of parts that are given by value. */
export function tailOf(parts: readonly Part[], k: number): number {
  const dense = parts.map((part) => {
    const all = new Float64Array(largestOf(part) + 1);
    for (const [value, chance] of part) all[value] = chance;
    return all;
  });
  return sumTail(dense, k);
}

/**
 * P(X ≥ k) for a sum X of independent parts, exact however large X may be. Takes time in proportion to the largest sum times
 * the number of values of all parts.
 *
 * @param parts each summing to 1
 */
export function sparseTail(parts: readonly Part[], k: number): number {
  const reaches = parts.map(largestOf);
  const most = reaches.reduce((sum, reach) => sum + reach, 0);
  let mass = new Float64Array(most + 1); // mass[i] = P(the parts so far sum to i)
  let next = new Float64Array(most + 1);
  mass[0] = 1;
  let reach = 0;
  let rest = most;
  parts.forEach((part, p) => {
    rest -= reaches[p]!;
    next.fill(0, 0, reach + reaches[p]! + 1);
    // Sums that cannot come to k any more are left out.
    const lowest = k - rest;
    for (const [value, chance] of part)
      for (let i = Math.max(0, lowest - value); i <= reach; i++)
        next[i + value]! += mass[i]! * chance;
    reach += reaches[p]!;
    [mass, next] = [next, mass];
  });
  let sum = 0;
  for (let i = most; i >= Math.max(0, k); i--) sum += mass[i]!;
  return Math.min(1, sum);
}
