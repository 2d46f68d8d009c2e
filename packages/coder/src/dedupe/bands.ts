/** How a signature is cut: two sets are compared if one of `bands` bands of `rows` numbers is equal. */
export interface Bands {
  readonly bands: number;
  readonly rows: number;
}

/** Probability that sets of a Jaccard index share a band: 1 − (1 − Jʳ)ᵇ. */
export const recallOf = ({ bands, rows }: Bands, jaccard: number): number =>
  1 - (1 - jaccard ** rows) ** bands;

/**
 * The bands with the most rows, and so the fewest candidates, that find a pair at the threshold with at least the wanted
 * probability.
 *
 * @param recall wanted at the threshold; default 0.99
 * @see Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4
 */
export function chooseBands(permutations: number, threshold: number, recall = 0.99): Bands {
  let best: Bands = { bands: permutations, rows: 1 };
  for (let rows = 2; rows <= permutations; rows++) {
    const bands = Math.floor(permutations / rows);
    if (recallOf({ bands, rows }, threshold) < recall) break;
    best = { bands, rows };
  }
  return best;
}
