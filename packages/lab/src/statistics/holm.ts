import { listOf, real } from "../errors";

/** Places of values, from the smallest value to the largest. */
const ascending = (values: readonly number[]): number[] =>
  values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);

/**
 * Holm's adjusted p of tests that are judged together: those at most α are significant with a probability of at most α
 * for any false one among them. `p̃(i) = max over j ≤ i of min(1, (m − j + 1)·p(j))` for p in ascending order.
 *
 * @param values p of each test, 0 to 1
 * @returns adjusted p, in the order of `values`
 * @throws {LabError} `ERR_RANGE` for a value that is not a probability
 * @see Holm 1979, A simple sequentially rejective multiple test procedure
 */
export function holm(values: readonly number[]): number[] {
  listOf("holm", "values", values);
  for (const p of values) real("holm", "p", p, { min: 0, max: 1 });
  const order = ascending(values);
  const adjusted = new Array<number>(values.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (values.length - rank) * values[i]!));
    adjusted[i] = largest;
  }
  return adjusted;
}

/**
 * Holm's divisor of α for each test: m for the smallest p, then one less for each that passes. The first that fails ends the
 * procedure, so that all after it have its divisor.
 *
 * @param values p of each test, 0 to 1
 * @returns divisors, in the order of `values`: a test passes where its p is at most α over its divisor
 */
export function holmDivisors(values: readonly number[], alpha: number): number[] {
  const divisors = new Array<number>(values.length);
  let failed: number | undefined;
  for (const [rank, i] of ascending(values).entries()) {
    const divisor = failed ?? values.length - rank;
    divisors[i] = divisor;
    if (divisor * values[i]! > alpha) failed = divisor;
  }
  return divisors;
}
