import { PrmError, whole } from "../errors";

/** How labels from the first n completions of each step compare with the truth about the steps. */
export interface LabelQuality {
  readonly n: number;
  /** Share of hard labels (one hit suffices) that are right. */
  readonly hardAccuracy: number;
  /** Mean cross-entropy of soft labels, (hits + ½)/(n + 1), to the truth, in nats. */
  readonly softLoss: number;
}

/** A step with its completions in order, and whether it is truly good. */
export interface KnownStep {
  readonly hits: readonly boolean[];
  readonly isGood: boolean;
}

/**
 * Label quality over N, from one set of completions, of which the first n are used. Soft labels are those of a
 * posterior with Jeffreys' prior: c/n itself would give an infinite loss.
 *
 * @param ns numbers of completions, none above the number that a step has
 * @throws {PrmError} `ERR_ARGUMENT` without steps; `ERR_RANGE` for an n beyond a step's completions
 * @see Wang et al. 2024 (Math-Shepherd), section 5.1, figure 4
 */
export function labelQuality(steps: readonly KnownStep[], ns: readonly number[]): LabelQuality[] {
  if (steps.length === 0) throw new PrmError("ERR_ARGUMENT", "labelQuality: there are no steps");
  const fewest = Math.min(...steps.map(({ hits }) => hits.length));
  return ns.map((n) => {
    whole("labelQuality", "n", n, { min: 1 });
    whole("labelQuality", "fewest completions − n", fewest - n, { min: 0 });
    let [right, loss] = [0, 0];
    for (const { hits, isGood } of steps) {
      const c = hits.slice(0, n).filter(Boolean).length;
      if (c > 0 === isGood) right++;
      const share = (c + 0.5) / (n + 1);
      loss -= Math.log(isGood ? share : 1 - share);
    }
    return { n, hardAccuracy: right / steps.length, softLoss: loss / steps.length };
  });
}
