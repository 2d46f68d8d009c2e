import { answerText } from "./answer-text";
import { longestExpression } from "./expression";
import { firstNumber, numberValue } from "./gsm8k-answer";
import { parseExpression } from "./parse-expression";
import { formatRational } from "./rational";
import { equationKey, type ValueKey, valueKey } from "./value-key";

/** An answer's key and how it was found; `"string"` where a part is no expression. */
export interface AnswerReading {
  readonly key: string;
  readonly method: ValueKey["method"] | "string";
}

const openers = "([«{";
const closers = ")]»}";

/** The parts of a text between separators outside all brackets. */
function split(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (openers.includes(text[at]!)) depth++;
    else if (closers.includes(text[at]!)) depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      separator.lastIndex = at;
      const found = separator.exec(text);
      if (!found) continue;
      parts.push(text.slice(from, at));
      from = at + found[0].length;
      at = from - 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim());
}

/** The text inside one pair of brackets that encloses the whole. */
function inside(text: string, first: string, last: string): string | undefined {
  if (text.length < 2 || !first.includes(text[0]!) || !last.includes(text.at(-1)!))
    return undefined;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (openers.includes(text[at]!)) depth++;
    if (closers.includes(text[at]!)) depth--;
    if (depth === 0) return undefined;
  }
  return text.slice(1, -1);
}

const weakest = (readings: readonly AnswerReading[]): AnswerReading["method"] =>
  (["string", "numeric"] as const).find((method) =>
    readings.some((own) => own.method === method),
  ) ?? "exact";

/** Members in any order, each once; one member is no set. */
function setReading(members: readonly AnswerReading[]): AnswerReading {
  const keys = [...new Set(members.map(({ key }) => key))].sort();
  return {
    key: keys.length === 1 ? keys[0]! : `{${keys.join(", ")}}`,
    method: weakest(members),
  };
}

const functionNames = /sqrt|arcsin|arccos|arctan|sin|cos|tan|cot|sec|csc|log|ln|exp|abs|inf|pi/g;

/** Whether an answer is said in words. */
function isWords(text: string): boolean {
  const letters = text.replace(/\\[a-zA-Z]+/g, " ").replace(functionNames, " ");
  return /[a-z]{4}/i.test(letters) || /^(?:yes|no|odd)$/i.test(text);
}

const asText = (text: string): AnswerReading => ({
  key: isWords(text)
    ? text.toLowerCase().replace(/\s+/g, " ")
    : text.replace(/[\s{}]/g, "").replace(/\\(?=[dt]frac)/g, ""),
  method: "string",
});

const relation = /\\le(?![a-z])|\\ge(?![a-z])|\\ne(?:q)?(?![a-z])|!=|[=<>]/y;

/** `1 < x ≤ 3` and `3 ≥ x > 1` alike; an equation by its curve. */
function relationReading(text: string, sides: readonly string[]): AnswerReading | undefined {
  const signs = [...text.matchAll(new RegExp(relation.source, "g"))].map(([sign]) => sign);
  if (sides.length === 2 && signs[0] === "=") {
    const [left, right] = [parseExpression(sides[0]!), parseExpression(sides[1]!)];
    const curve = left && right && equationKey(left, right);
    if (curve) return curve;
  }
  const readings = sides.map(elementReading);
  const isFalling = signs.every((sign) => sign === ">" || sign === "\\ge");
  if (isFalling) {
    readings.reverse();
    signs.reverse();
  }
  const upward = signs.map((sign) => (isFalling ? (sign === ">" ? "<" : "\\le") : sign));
  if (signs.length === 1 && /=|ne/.test(signs[0]!))
    readings.sort((a, b) => (a.key < b.key ? -1 : 1));
  const key = readings.map((reading, i) => `${reading.key}${upward[i] ?? ""}`).join("");
  return { key, method: weakest(readings) };
}

function matrixReading(text: string): AnswerReading | undefined {
  const body = /^\\begin *\{[pbv]?matrix\}(.*)\\end *\{[pbv]?matrix\}$/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const rows = body.split("\\\\").filter((row) => row.trim() !== "");
  const cells = rows.map((row) => split(row, /&/y).map(elementReading));
  const key = `[${cells.map((row) => row.map(({ key: own }) => own).join("&")).join("|")}]`;
  return { key, method: weakest(cells.flat()) };
}

/** A single value, tuple, interval, set, union, relation, matrix or word. */
function elementReading(element: string): AnswerReading {
  if (/^\\(?:emptyset|varnothing)$|^«\s*»$/.test(element)) return { key: "{}", method: "exact" };
  const matrix = matrixReading(element);
  if (matrix) return matrix;
  const parts = split(element, /\\cup(?![a-z])|(?<=[)\]»] *)U(?= *[([«])/y);
  if (parts.length > 1) {
    const union = setReading(parts.map(elementReading));
    return { key: `union${union.key}`, method: union.method };
  }
  const set = inside(element, "«", "»");
  if (set !== undefined) return setReading(members(set));
  const tuple = inside(element, "([", ")]");
  const entries = tuple === undefined ? [] : split(tuple, /[,;]/y);
  if (entries.length > 1) {
    const readings = entries.map(elementReading);
    const key = `${element[0]}${readings.map((reading) => reading.key).join(", ")}${element.at(-1)}`;
    return { key, method: weakest(readings) };
  }
  const sides = split(element, relation);
  if (sides.length > 1) return relationReading(element, sides) ?? asText(element);
  if (isWords(element)) return asText(element);
  const expression = parseExpression(element);
  return (expression && valueKey(expression)) ?? asText(element);
}

/** `x = 5`, `x \in [1, 2]` and `f(x) = 5` without what is named. */
function withoutName(element: string): string {
  const match =
    /^(?:\\?[a-zA-Z]+ *(?:_ *(?:\w|\{\w+\}))?|[a-zA-Z]\([a-z]\)) *(?:=|\\in(?![a-z]))(.*)$/s.exec(
      element,
    );
  const rest = match?.[1]?.trim();
  const isNamed = rest !== undefined && rest !== "" && split(rest, relation).length === 1;
  return isNamed && element.search(/=|\\in(?![a-z])/) <= 12 ? rest : element;
}

/** `a \pm b` as a + b and a − b. */
function signs(element: string): string[] {
  if (!/\\[pm][mp](?![a-zA-Z])|\+\/-/.test(element)) return [element];
  const plus = /\\pm(?![a-zA-Z])|\+\/-/g;
  const minus = /\\mp(?![a-zA-Z])/g;
  return [
    element.replace(plus, "+").replace(minus, "-"),
    element.replace(plus, "-").replace(minus, "+"),
  ];
}

/** The readings of a list's elements, a set among them by its own. */
function members(text: string): AnswerReading[] {
  return split(text, /[,;]/y)
    .filter((element) => element !== "")
    .flatMap((element) => {
      const value = withoutName(element);
      const set = inside(value, "«", "»");
      return set !== undefined && set.trim() !== ""
        ? members(set)
        : signs(value).map(elementReading);
    });
}

/** Reads an answer of any form but GSM8K's; see {@link answerKey}. */
export function readAnswer(answer: string): AnswerReading {
  if (answer.length > longestExpression)
    return { key: answer.replace(/\s+/g, " ").trim(), method: "string" };
  const text = answerText(answer);
  const found = members(text);
  return found.length === 0 ? { key: text, method: "string" } : setReading(found);
}

/**
 * The group of an answer in a vote, and what decides in the mode `symbolic`: the same string for every way of writing the
 * same value. An answer is read as a list, set, tuple, interval, union, relation or matrix, and its elements as expressions,
 * keyed by value. Units go together with their exponents, percent and currency signs are dropped, `a \pm b` is two
 * elements, and the order of a list or a set does not count.
 *
 * @returns for example `7/2` for `3.5`, `3 1/2`, `3½` and `\frac{7}{2}`
 */
export function answerKey(answer: string, format: "gsm8k" | "math" | "prm800k" = "math"): string {
  if (format !== "gsm8k") return readAnswer(answer).key;
  const number = firstNumber(answer);
  const value = number === null ? undefined : numberValue(number);
  return value ? formatRational(value) : answer.trim();
}
