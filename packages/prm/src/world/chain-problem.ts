import { listOf, oneOf, PrmError, whole } from "../errors";
import { solved } from "./solved";
import { type Change, tellMarbles } from "./templates";
import { calculate, type WordProblem } from "./word-problem";

const operators = ["+", "-", "*", "/"] as const;

/**
 * A word problem about somebody's marbles with numbers of your own, in the words of the problems that `generateProblem` writes.
 *
 * @param first the quantity at the start, a whole number from 1
 * @param changes one per step, applied in order; each keeps the quantity whole and at least 1
 * @throws {PrmError} `ERR_ARGUMENT` without a change or for another operator, `ERR_RANGE` for numbers that are not whole or
 *   below 1, and for a change after which the quantity would be so
 */
export function chainProblem(first: number, changes: readonly Change[]): WordProblem {
  whole("chainProblem", "first", first, { min: 1 });
  listOf("chainProblem", "changes", changes);
  if (changes.length === 0)
    throw new PrmError("ERR_ARGUMENT", "chainProblem: changes must not be empty");
  let value = first;
  for (const [i, { operator, right }] of changes.entries()) {
    oneOf("chainProblem", `operator of change ${i + 1}`, operator, operators);
    whole("chainProblem", `right of change ${i + 1}`, right, { min: 1 });
    value = calculate(value, operator, right);
    whole("chainProblem", `quantity after change ${i + 1}`, value, { min: 1 });
  }
  const id = `chain-${first}${changes.map(({ operator, right }) => operator + right).join("")}`;
  return { id, template: "marbles", distractors: 0, ...solved(tellMarbles(first, changes)) };
}
