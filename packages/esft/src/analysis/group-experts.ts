import { EsftError } from "../errors";
import type { RouteNumbers } from "../scoring/layer-totals";

/**
 * Adds to a co-occurrence matrix, in place: O[i][j] gains the tokens that chose both i and j (the diagonal: that chose i).
 * @param counts [experts, experts], row-major
 */
export function addCoOccurrence(counts: Float64Array, experts: number, route: RouteNumbers): void {
  const { ids, topK } = route;
  if (counts.length !== experts * experts)
    throw new EsftError(
      "ERR_SHAPE",
      `esft/coOccurrence: counts must have ${experts}² numbers, got ${counts.length}`,
      { fields: { experts } },
    );
  for (let token = 0; token < ids.length; token += topK)
    for (let i = token; i < token + topK; i++)
      for (let j = token; j < token + topK; j++)
        if (ids[i]! >= 0 && ids[j]! >= 0) counts[ids[i]! * experts + ids[j]!]! += 1;
}

/** Cosine of each pair of rows; 0 for a row of zeros. */
function cosineSimilarity(counts: Float64Array, experts: number): Float64Array {
  const norms = new Float64Array(experts);
  for (let i = 0; i < experts; i++)
    norms[i] = Math.hypot(...counts.subarray(i * experts, (i + 1) * experts));
  const out = new Float64Array(experts * experts);
  for (let i = 0; i < experts; i++)
    for (let j = 0; j < experts; j++) {
      let dot = 0;
      for (let k = 0; k < experts; k++) dot += counts[i * experts + k]! * counts[j * experts + k]!;
      const scale = norms[i]! * norms[j]!;
      out[i * experts + j] = scale > 0 ? dot / scale : 0;
    }
  return out;
}

/** The subset of `pool` with the highest sum over pairs; on ties, the lexicographically first. */
function bestSubset(
  pool: readonly number[],
  size: number,
  similarity: Float64Array,
  experts: number,
): number[] {
  let [best, bestSum]: [number[], number] = [[], -Infinity];
  const chosen: number[] = [];
  const extend = (from: number, sum: number): void => {
    if (chosen.length === size) {
      if (sum > bestSum) [best, bestSum] = [[...chosen], sum];
      return;
    }
    const last = pool.length - (size - chosen.length);
    for (let at = from; at <= last; at++) {
      let more = sum;
      for (const other of chosen) more += similarity[other * experts + pool[at]!]!;
      chosen.push(pool[at]!);
      extend(at + 1, more);
      chosen.pop();
    }
  };
  extend(0, 0);
  return best;
}

/**
 * Groups experts that are chosen together, to simulate a model with fewer, coarser experts: similarity is the cosine of
 * two experts' rows of the co-occurrence matrix; the group of the given size with the highest mean similarity among the
 * remaining experts is taken repeatedly. All subsets are tried: 635,376 at first for groups of 4 among 64.
 *
 * @param counts co-occurrence [experts, experts], from `addCoOccurrence`
 * @returns groups of expert numbers, best first
 * @throws {EsftError} `ERR_RANGE` unless `groupSize` divides the experts
 * @see Wang et al. 2024 (ESFT), appendix on the grouping of experts
 */
export function groupExperts(counts: Float64Array, experts: number, groupSize: number): number[][] {
  if (!Number.isSafeInteger(groupSize) || groupSize < 1 || experts % groupSize !== 0)
    throw new EsftError(
      "ERR_RANGE",
      `esft/groupExperts: groupSize must divide ${experts} experts, got ${groupSize}`,
      { fields: { groupSize, experts } },
    );
  if (counts.length !== experts * experts)
    throw new EsftError(
      "ERR_SHAPE",
      `esft/groupExperts: counts must have ${experts}² numbers, got ${counts.length}`,
      { fields: { experts } },
    );
  const similarity = cosineSimilarity(counts, experts);
  let pool = [...Array(experts).keys()];
  const groups: number[][] = [];
  while (pool.length > 0) {
    const group = bestSubset(pool, groupSize, similarity, experts);
    groups.push(group);
    pool = pool.filter((expert) => !group.includes(expert));
  }
  return groups;
}
