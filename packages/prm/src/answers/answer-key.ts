import { PrmError } from "../errors";
import { evaluateExact, evaluateNumeric, freeNames } from "./evaluate-expression";
import { parseExpression } from "./expression";
import { firstNumber, numberValue } from "./gsm8k-answer";
import { normalizeMath } from "./normalize-math";
import { prm800kNormalForm } from "./prm800k-normal-form";
import { formatRational } from "./rational";

function normalForm(answer: string): string {
  try {
    return prm800kNormalForm(normalizeMath(answer));
  } catch (error) {
    if (PrmError.isInstance(error)) return prm800kNormalForm(answer);
    throw error;
  }
}

/** A number's digits that survive rounding errors. */
const digits = 10;

/**
 * The group of an answer in a vote. Pairwise equality need not be transitive, so votes count canonical keys: the normal
 * form, then the exact fraction, then ten digits of a constant such as `2*sqrt(3)`, then the normal form itself.
 *
 * @returns for example `7/2` for `3.5`, `3 1/2` and `\frac{7}{2}`
 */
export function answerKey(answer: string, format: "gsm8k" | "math" | "prm800k" = "math"): string {
  if (format === "gsm8k") {
    const number = firstNumber(answer);
    const value = number === null ? undefined : numberValue(number);
    return value ? formatRational(value) : answer.trim();
  }
  const form = normalForm(answer);
  const expression = parseExpression(form);
  if (!expression) return form;
  const exact = evaluateExact(expression);
  if (exact) return formatRational(exact);
  if (freeNames(expression).size > 0) return form;
  const [real, imaginary] = evaluateNumeric(expression, new Map());
  if (!Number.isFinite(real) || !Number.isFinite(imaginary)) return form;
  return imaginary === 0
    ? `~${real.toPrecision(digits)}`
    : `~${real.toPrecision(digits)}+${imaginary.toPrecision(digits)}i`;
}
