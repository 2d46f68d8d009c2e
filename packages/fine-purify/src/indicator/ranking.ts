/**
 * @file Finds the k smallest of many scores without sorting or storing them: scores are at least 0, so the bits of a
 *   float32 have the same order. A first pass counts them by the upper 16 bits, a second one counts those of the one
 *   bin that the cut falls into by the other 15. Ties at the cut are kept in the order of the elements.
 */
const LOW_BITS = 15;
const BINS = 1 << 16;

/** The bits of scores as whole numbers, in the order of the scores. */
const bitsOf = (scores: Float32Array): Uint32Array =>
  new Uint32Array(scores.buffer, scores.byteOffset, scores.length);

/** Counts of √r by bin, with the sums of r. */
export interface Ranking {
  readonly counts: Float64Array;
  /** Sum of r over each bin. */
  readonly sums: Float64Array;
  total: number;
}

export const createRanking = (): Ranking => ({
  counts: new Float64Array(BINS),
  sums: new Float64Array(BINS),
  total: 0,
});

/** Adds scores to the counts. */
export function addToRanking(ranking: Ranking, scores: Float32Array): void {
  const bits = bitsOf(scores);
  for (let i = 0; i < bits.length; i++) {
    const bin = bits[i]! >>> LOW_BITS;
    ranking.counts[bin]!++;
    ranking.sums[bin]! += scores[i]! * scores[i]!;
  }
  ranking.total += scores.length;
}

/** The bin that contains a cut, and how many of its scores are below the cut. */
export interface CutBin {
  readonly bin: number;
  readonly within: number;
}

/** The bin of the `keep`-th smallest score; null when none or all are kept. */
export function cutBin({ counts, total }: Ranking, keep: number): CutBin | null {
  if (keep <= 0 || keep >= total) return null;
  let below = 0;
  let bin = 0;
  while (below + counts[bin]! < keep) below += counts[bin++]!;
  return { bin, within: keep - below };
}

/** Counts of one bin's scores by their lower bits. */
export type Refinement = Float64Array;

export const createRefinement = (): Refinement => new Float64Array(1 << LOW_BITS);

export function addToRefinement(refinement: Refinement, scores: Float32Array, bin: number): void {
  const bits = bitsOf(scores);
  for (let i = 0; i < bits.length; i++)
    if (bits[i]! >>> LOW_BITS === bin) refinement[bits[i]! & ((1 << LOW_BITS) - 1)]!++;
}

/** Which scores are kept: all with smaller bits, and the first `ties` of those with equal bits. */
export interface Cut {
  readonly bits: number;
  /** Decreases as ties are kept. */
  ties: number;
}

export function cutWithin(refinement: Refinement, { bin, within }: CutBin): Cut {
  let low = 0;
  let left = within;
  while (refinement[low]! < left) left -= refinement[low++]!;
  return { bits: bin * (1 << LOW_BITS) + low, ties: left };
}

/** 1 for each score that is kept, 0 for the others; scores must come in the order of the passes before. */
export function keptByCut(scores: Float32Array, cut: Cut): Uint8Array {
  const bits = bitsOf(scores);
  const kept = new Uint8Array(scores.length);
  for (let i = 0; i < bits.length; i++)
    if (bits[i]! < cut.bits) kept[i] = 1;
    else if (bits[i] === cut.bits && cut.ties > 0) {
      kept[i] = 1;
      cut.ties--;
    }
  return kept;
}

/** Values of r with their counts, from the smallest: the mean of each bin that is not empty. */
export function rankedPoints({ counts, sums }: Ranking): {
  values: Float64Array;
  counts: Float64Array;
} {
  const used: number[] = [];
  for (let bin = 0; bin < BINS; bin++) if (counts[bin]! > 0) used.push(bin);
  return {
    values: Float64Array.from(used, (bin) => sums[bin]! / counts[bin]!),
    counts: Float64Array.from(used, (bin) => counts[bin]!),
  };
}
