import { decimalToRational, formatRational } from "../answers/rational";
import { listOf } from "../errors";

const number = String.raw`-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+`;
const afterEquals = new RegExp(String.raw`=\s*(?:\\?\$\s*)?(${number})`, "g");

/**
 * The intermediate results of a step: numbers after `=`, calculator results (`<<3+4=7>>`) included. A number that is
 * followed by a further operator is not a result.
 *
 * @returns canonical numbers, such as `7` for `7.0`
 */
export function stepResults(step: string): Set<string> {
  const results = new Set<string>();
  for (const { 0: all, 1: found, index } of step.matchAll(afterEquals)) {
    const end = index + all.length;
    if (/^\s*[-+*/=]/.test(step.slice(end, end + 20))) continue;
    const value = decimalToRational(found!.replaceAll(",", ""));
    if (value) results.add(formatRational(value));
  }
  return results;
}

/**
 * Values by the rule of DIVERSE: a step is good if one of its intermediate results also occurs in a solution that is known
 * to be right. A step without results takes the value of the step before it; the first one then counts as good.
 *
 * @param rightSolutions step lists with the right answer to the same problem
 * @returns 0 or 1 per step
 * @see Li et al. 2023 (DIVERSE); Wang et al. 2024 (Math-Shepherd), table 4. The papers do not specify the matching.
 */
export function ruleValues(
  steps: readonly string[],
  rightSolutions: Iterable<readonly string[]>,
): number[] {
  listOf("ruleValues", "steps", steps);
  const known = new Set<string>();
  for (const solution of rightSolutions)
    for (const step of solution) for (const result of stepResults(step)) known.add(result);
  let before = 1;
  return steps.map((step) => {
    const results = [...stepResults(step)];
    if (results.length > 0) before = results.some((result) => known.has(result)) ? 1 : 0;
    return before;
  });
}
