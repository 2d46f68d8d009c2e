import { takeTurn } from "@deepgrain/support";
import { iterableOf, optionsOf, PrmError, refuseUnknown } from "../errors";

/** Probabilities that a premise entails a hypothesis, is neutral to it, or contradicts it. */
export interface Entailment {
  readonly entailment: number;
  readonly neutral: number;
  readonly contradiction: number;
}

/** Any classifier of natural-language inference. */
export type EntailmentClassifier = (
  premise: string,
  hypothesis: string,
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<Entailment>;

/** Options of {@link nliValues}. */
export interface NliValuesOptions {
  readonly classify: EntailmentClassifier;
  /** Minimum probability of entailment, in either direction. Default 0.5. */
  readonly threshold?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Values by entailment: a step is good if it is entailed by, or entails, a step of a solution that is known to be right.
 *
 * @param rightSolutions step lists with the right answer to the same problem
 * @returns 0 or 1 per step
 * @throws {PrmError} `ERR_COMPLETION` where the classifier returns no probability
 * @see Li et al. 2023 (DIVERSE); Wang et al. 2024 (Math-Shepherd), table 4. The papers do not specify the matching.
 */
export async function nliValues(
  steps: readonly string[],
  rightSolutions: Iterable<readonly string[]>,
  options: NliValuesOptions,
): Promise<number[]> {
  const { classify, threshold = 0.5, signal, ...rest } = optionsOf("nliValues", options);
  refuseUnknown("nliValues", rest);
  iterableOf("nliValues", "rightSolutions", rightSolutions);
  const known = new Set<string>();
  for (const solution of rightSolutions) for (const step of solution) known.add(step);

  async function entails(premise: string, hypothesis: string): Promise<boolean> {
    await takeTurn();
    signal?.throwIfAborted();
    const { entailment } = await classify(premise, hypothesis, { signal });
    if (!(entailment >= 0 && entailment <= 1))
      throw new PrmError(
        "ERR_COMPLETION",
        `nliValues: entailment must lie in [0, 1], got ${entailment}`,
      );
    return entailment >= threshold;
  }

  const values: number[] = [];
  for (const step of steps) {
    let value = known.has(step) ? 1 : 0;
    for (const other of known) {
      if (value === 1) break;
      if ((await entails(other, step)) || (await entails(step, other))) value = 1;
    }
    values.push(value);
  }
  return values;
}
