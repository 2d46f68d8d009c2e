import { takeTurn } from "@deepgrain/support";
import { functionOf, optionsOf, PrmError, refuseUnknown } from "../errors";

/**
 * Any process reward model: the probability, in [0, 1], that each step is good.
 * @returns one score per step
 */
export type StepScorer = (
  problem: string,
  steps: readonly string[],
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<readonly number[]>;

/**
 * Scores the steps of a solution and checks what the scorer returns.
 * @throws {PrmError} `ERR_COMPLETION` unless there is one number in [0, 1] per step
 */
export async function scoreSteps(
  scorer: StepScorer,
  problem: string,
  steps: readonly string[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly number[]> {
  functionOf("scoreSteps", "scorer", scorer);
  const { signal, ...rest } = optionsOf("scoreSteps", options);
  refuseUnknown("scoreSteps", rest);
  if (steps.length === 0) return [];
  await takeTurn();
  signal?.throwIfAborted();
  const scores = await scorer(problem, steps, { signal });
  if (scores.length !== steps.length)
    throw new PrmError(
      "ERR_COMPLETION",
      `scoreSteps: ${steps.length} steps need as many scores, got ${scores.length}`,
      { fields: { steps: steps.length, scores: scores.length } },
    );
  const bad = scores.findIndex((score) => !(score >= 0 && score <= 1));
  if (bad < 0) return scores;
  throw new PrmError(
    "ERR_COMPLETION",
    `scoreSteps: score ${bad + 1} must lie in [0, 1], got ${scores[bad]}`,
    { fields: { step: bad + 1, score: scores[bad] } },
  );
}
