import { listOf, textOf } from "../errors";
import type { ScoredSolution } from "../verify/scored-solution";
import { type SelectionMethod, select } from "../verify/select";
import type { SearchAndLearnRow } from "./search-and-learn";

/** The columns of search-and-learn and our names for the same choice. */
const columns: Readonly<Record<string, SelectionMethod>> = {
  pred_naive: "best-of-n",
  pred_weighted: "weighted",
  pred_maj: "majority",
};

/**
 * Scored solutions of a problem as a row of search-and-learn's results, with `pred_naive@n`, `pred_weighted@n` and
 * `pred_maj@n` for the first n solutions in powers of two. `pred` is the choice by score among all.
 *
 * @param completionTokens tokens per solution
 * @see Beeching et al. 2024 (search-and-learn)
 */
export function toSearchAndLearnRow(
  problem: string,
  solutions: readonly ScoredSolution[],
  completionTokens: readonly number[],
): SearchAndLearnRow {
  textOf("toSearchAndLearnRow", "problem", problem);
  listOf("toSearchAndLearnRow", "solutions", solutions);
  listOf("toSearchAndLearnRow", "completionTokens", completionTokens);
  const chosen = (count: number, method: SelectionMethod) => {
    const { index } = select(solutions.slice(0, count), method);
    return (index === null ? null : solutions[index]!.answer) ?? "";
  };
  const row: Record<string, unknown> = {};
  for (let n = 1; n <= solutions.length; n *= 2)
    for (const [column, method] of Object.entries(columns))
      row[`${column}@${n}`] = chosen(n, method);
  return {
    problem,
    completions: solutions.map(({ steps }) => steps.join("\n")),
    scores: solutions.map(({ stepScores }) => stepScores),
    pred: chosen(solutions.length, "best-of-n"),
    completion_tokens: completionTokens,
    ...row,
  };
}
