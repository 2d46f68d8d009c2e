import { takeTurn } from "@deepgrain/support";
import { iterableOf, optionsOf, PrmError, refuseUnknown } from "../errors";
import type { LabelledSolution } from "./step-value";

/** Names the first wrong step of a solution: its index, −1 where all steps are right. */
export type Judge = (
  problem: string,
  steps: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<number>;

/** An annotated solution with a judge's opinion. */
export interface JudgedSolution {
  readonly result: LabelledSolution;
  readonly judgedError: number;
  /** True where annotation and judge name the same first error. Keep these solutions. */
  readonly isAgreed: boolean;
}

/** Options of {@link consensusFilter}. */
export interface ConsensusFilterOptions {
  readonly judge: Judge;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields annotated solutions with the first error that a judge sees, and whether it agrees with the labels. Training
 * keeps those whose first error is the same by completions and by the judge.
 *
 * @throws {PrmError} `ERR_COMPLETION` where the judge names a step that does not exist
 * @see Zhang et al. 2025 (Qwen2.5-Math-PRM), section 3.1
 */
export async function* consensusFilter(
  results: AsyncIterable<LabelledSolution> | Iterable<LabelledSolution>,
  options: ConsensusFilterOptions,
): AsyncGenerator<JudgedSolution, void> {
  const { judge, signal, ...rest } = optionsOf("consensusFilter", options);
  refuseUnknown("consensusFilter", rest);
  iterableOf("consensusFilter", "results", results);
  for await (const result of results) {
    await takeTurn();
    signal?.throwIfAborted();
    const judgedError = await judge(result.problem, result.steps, { signal });
    if (!Number.isInteger(judgedError) || judgedError < -1 || judgedError >= result.steps.length)
      throw new PrmError(
        "ERR_COMPLETION",
        `consensusFilter: the judge of "${result.id}" named step ${judgedError} of ${result.steps.length}`,
        { fields: { id: result.id, judgedError } },
      );
    yield { result, judgedError, isAgreed: judgedError === result.firstError };
  }
}
