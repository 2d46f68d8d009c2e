import { type AnswerForm, type AnswerReading, formsOf } from "./answer-reading";
import { answerText } from "./answer-text";
import { elementReading } from "./element-reading";
import { longestExpression } from "./expression";
import { firstNumber, numberValue } from "./gsm8k-answer";
import { listReading } from "./list-reading";
import { formatRational } from "./rational";

/** `1,22` or `x = 1,22` with a decimal point, where the reference is that number; a reference may be a list, and `3,0` is. */
function decimalForm(text: string): AnswerForm[] {
  const found = /^(?:\\?[a-zA-Z]\w* *= *)?([-+]?\d+),(\d*[1-9]\d*)$/.exec(text);
  return found ? [{ key: elementReading(`${found[1]}.${found[2]}`).key, only: "given" }] : [];
}

/** Reads an answer of any form but GSM8K's; see {@link answerKey}. */
export function readAnswer(answer: string): AnswerReading {
  if (answer.length > longestExpression)
    return { key: answer.replace(/\s+/g, " ").trim(), method: "string" };
  const text = answerText(answer);
  const found = listReading(text) ?? { key: text, method: "string" };
  return { ...found, forms: [...formsOf(found), ...decimalForm(text)] };
}

/**
 * The group of an answer in a vote: the same string for every way of writing the same value. An answer is read as a list
 * (`,`, `;`, "and", "or"), set, tuple, interval, union, relation or matrix, and its elements as expressions, keyed by
 * value. Units go together with their exponents, percent and currency signs are dropped, `a \pm b` is two elements, and
 * the order of a list or a set does not count. `x = 5`, `x = 2 + 3 = 5` and `x = 5 \approx 5.01` are 5; a chain whose
 * parts differ has no value. `(p, q) = (3, 2)` and `q = 2, p = 3` are (3, 2), values in the order of the names.
 *
 * The mode `symbolic` compares more closely: assignments to different names differ, and a relation, `0 < x < 1`, is
 * also the interval (0, 1), which names nothing.
 *
 * @returns for example `7/2` for `3.5`, `3 1/2`, `3½` and `\frac{7}{2}`
 */
export function answerKey(answer: string, format: "gsm8k" | "math" | "prm800k" = "math"): string {
  if (format !== "gsm8k") return readAnswer(answer).key;
  const number = firstNumber(answer);
  const value = number === null ? undefined : numberValue(number);
  return value ? formatRational(value) : answer.trim();
}
