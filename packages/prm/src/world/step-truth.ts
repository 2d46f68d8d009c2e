import { having } from "../errors";
import type { WordProblem } from "./word-problem";

const annotation = /<<(-?[\d.]+)([-+*/])(-?[\d.]+)=(-?[\d.]+)>>/;

/**
 * The index of the first wrong step of a solution, −1 if all written steps are right. A step is right if it does the
 * calculation that the known solution does there; a step too many is wrong.
 */
export function firstWrongStep(wordProblem: WordProblem, steps: readonly string[]): number {
  const { calculations } = having("firstWrongStep", "wordProblem", wordProblem, "id", "template");
  return steps.findIndex((step, i) => {
    const expected = calculations[i];
    const match = annotation.exec(step);
    if (!expected || !match) return true;
    const [left, operator, right, result] = match.slice(1);
    return !(
      Number(left) === expected.left &&
      operator === expected.operator &&
      Number(right) === expected.right &&
      Number(result) === expected.result
    );
  });
}
