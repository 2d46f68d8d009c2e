import { optionsOf, PrmError, refuseUnknown } from "../errors";
import { type AlgebraSystem, type EqualityMethod, equalExpressions } from "./equal-expressions";
import { longestExpression } from "./expression";
import { normalizeMath } from "./normalize-math";
import { isWholeNumber, prm800kNormalForm, tupleElements } from "./prm800k-normal-form";

const isFraction = (text: string) => /^-?[0-9]+.?\/0*[1-9][0-9]*.?$/.test(text);

/** False where powers or many unknowns could take too long in an algebra system. */
function mayCompare(expression: string): boolean {
  const letters = expression.replaceAll("sqrt", "").replaceAll("frac", "").match(/[a-z]/gi) ?? [];
  if (new Set(letters).size > 2 || expression.length > longestExpression) return false;
  return !/\^\{|\^\(|\^[0-9]+\^|\^[0-9][0-9]+/.test(expression);
}

function sameHendrycks(a: string, b: string): boolean {
  const unwrap = (text: string) => /^\\text\{(.+?)\}$/s.exec(text.trim())?.[1] ?? text.trim();
  try {
    return normalizeMath(unwrap(a)) === normalizeMath(unwrap(b));
  } catch (error) {
    if (PrmError.isInstance(error)) return false;
    throw error;
  }
}

interface Verdict {
  readonly correct: boolean;
  readonly method: EqualityMethod;
}

function sameElement(given: string, gold: string, algebra: AlgebraSystem | undefined): Verdict {
  if (isFraction(gold) && isFraction(given)) return { correct: gold === given, method: "string" };
  if (isWholeNumber(gold) !== isWholeNumber(given)) return { correct: false, method: "string" };
  if (given === gold) return { correct: true, method: "string" };
  if (!mayCompare(`(${gold})-(${given})`)) return { correct: false, method: "string" };
  const { equal, method } = equalExpressions(given, gold, algebra);
  return { correct: equal === true, method };
}

/**
 * Whether a MATH answer is right by PRM800K's rules: the same normal form, or the same value element by element.
 * Unreduced fractions are wrong, and an integer never equals a different form. Where the released grader calls sympy,
 * values are compared exactly or at fixed points; `method` reports which.
 *
 * @param options.algebra a computer algebra system for what remains undecided
 * @see Lightman et al. 2023 (PRM800K), released grader
 */
export function gradePrm800k(
  given: string | null,
  gold: string,
  options: { algebra?: AlgebraSystem | undefined } = {},
): Verdict {
  const { algebra, ...rest } = optionsOf("gradePrm800k", options);
  refuseUnknown("gradePrm800k", rest);
  const wrong: Verdict = { correct: false, method: "string" };
  if (given === null) return wrong;
  if (sameHendrycks(given, gold)) return { correct: true, method: "string" };
  const [a, b] = [prm800kNormalForm(given), prm800kNormalForm(gold)];
  if (a === b) return { correct: true, method: "string" };
  if (a === "") return wrong;
  const [mine, theirs] = [tupleElements(a), tupleElements(b)];
  if (theirs.length > 1 && (a[0] !== b[0] || a.at(-1) !== b.at(-1))) return wrong;
  if (mine.length !== theirs.length) return wrong;
  let method: EqualityMethod = "string";
  for (const [i, element] of theirs.entries()) {
    const verdict = sameElement(mine[i]!, element, algebra);
    if (!verdict.correct) return verdict;
    if (verdict.method !== "string") method = verdict.method;
  }
  return { correct: true, method };
}
