import { listOf, real } from "../errors";

/**
 * Benjamini and Hochberg's q of tests that are looked at together: of those with q at most x, a share of at most x is
 * expected to be false. `q(i) = min over j ≥ i of min(1, m·p(j)/j)` for p in ascending order.
 *
 * @param values p of each test, 0 to 1
 * @returns q, in the order of `values`
 * @throws {LabError} `ERR_RANGE` for a value that is not a probability
 * @see Benjamini, Hochberg 1995, Controlling the false discovery rate
 */
export function benjaminiHochberg(values: readonly number[]): number[] {
  listOf("benjaminiHochberg", "values", values);
  for (const p of values) real("benjaminiHochberg", "p", p, { min: 0, max: 1 });
  const descending = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]!);
  const q = new Array<number>(values.length);
  let smallest = 1;
  for (const [above, i] of descending.entries()) {
    const rank = values.length - above;
    smallest = Math.min(smallest, (values.length * values[i]!) / rank);
    q[i] = smallest;
  }
  return q;
}
