import type { AnswerChecker } from "../answers/answer-checker";
import type { FinishReason } from "../completers/completer";
import { type StepScorer, scoreSteps } from "../models/step-scorer";
import { type Aggregation, aggregate } from "./aggregate";
import type { Candidate } from "./select";

/** A solution with its steps, their scores and its answer. */
export interface ScoredSolution extends Candidate {
  readonly steps: readonly string[];
  /** Null where there is none. */
  readonly answer: string | null;
  /** One per step; empty without a scorer. */
  readonly stepScores: readonly number[];
  /** Why its text ended, where the completer says so. */
  readonly finishReason?: FinishReason | undefined;
}

/** The inputs of scoring. */
interface ScoringTools {
  readonly checker: AnswerChecker;
  readonly scorer?: StepScorer | undefined;
  readonly aggregation: Aggregation;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the answer of a solution and scores its steps. */
export async function scoreSolution(
  problem: string,
  steps: readonly string[],
  { checker, scorer, aggregation, signal }: ScoringTools,
): Promise<ScoredSolution> {
  const answer = checker.extract(steps.join("\n"));
  const stepScores = scorer ? await scoreSteps(scorer, problem, steps, { signal }) : [];
  return {
    steps,
    answer,
    key: answer === null ? null : checker.key(answer),
    stepScores,
    score: aggregate(stepScores, aggregation),
  };
}
