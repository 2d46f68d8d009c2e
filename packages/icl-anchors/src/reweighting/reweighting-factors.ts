import { expm1, matmul, type Tensor, tensor } from "@deepgrain/tensor-gpu";

/** The positions at which the factors of one prompt act. */
export interface FactorPlaces {
  /** Position of each label word's tokens among the keys. */
  groups: readonly (readonly number[])[];
  /** Number of keys. */
  keys: number;
  /** Row of the target among the queries. */
  row: number;
  /** Number of queries. */
  queries: number;
}

/**
 * exp(β) − 1 of a head and word is distributed over the word's tokens; each of m tokens gets exp(β/m): [words, keys].
 */
function spread(groups: FactorPlaces["groups"], keys: number, size: number): Tensor {
  const places = new Float32Array(groups.length * keys);
  for (const [word, positions] of groups.entries())
    if (positions.length === size)
      for (const position of positions) places[word * keys + position] = 1;
  return tensor(places, { shape: [groups.length, keys] });
}

/**
 * The pattern with exp(β) times the target's attention to the label words, not normalised again. With β = 0 every factor
 * is exactly 1.
 *
 * @param pattern [1, heads, queries, keys]
 * @param beta of one layer, [heads, words]
 */
export function reweighted(
  pattern: Tensor,
  beta: Tensor,
  { groups, keys, row, queries }: FactorPlaces,
): Tensor {
  const heads = beta.shape[0]!;
  const sizes = [...new Set(groups.map((positions) => positions.length))];
  const gains = sizes
    .map((size) => matmul(expm1(beta.mul(1 / size)), spread(groups, keys, size)))
    .reduce((a, b) => a.add(b)); // [heads, keys]
  const isTarget = new Float32Array(queries);
  isTarget[row] = 1;
  const rows = tensor(isTarget, { shape: [1, 1, queries, 1] });
  return pattern.mul(gains.reshape([1, heads, 1, keys]).mul(rows).add(1));
}
