import { inside, split } from "./answer-parts";
import { type AnswerReading, setReading, weakest } from "./answer-reading";
import { namedElement } from "./named-element";
import { parseExpression } from "./parse-expression";
import { relation, relationReading } from "./relation-reading";
import { valueKey } from "./value-key";

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

function matrixReading(text: string): AnswerReading | undefined {
  const body = /^\\begin *\{[pbv]?matrix\}(.*)\\end *\{[pbv]?matrix\}$/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const rows = body.split("\\\\").filter((row) => row.trim() !== "");
  const cells = rows.map((row) => split(row, /&/y).map(elementReading));
  const key = `[${cells.map((row) => row.map(({ key: own }) => own).join("&")).join("|")}]`;
  return { key, method: weakest(cells.flat()) };
}

/** A single value, tuple, interval, set, union, relation, matrix or word. */
export function elementReading(element: string): AnswerReading {
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
  if (split(element, relation).length > 1) return relationReading(element, elementReading);
  if (isWords(element)) return asText(element);
  const expression = parseExpression(element);
  return (expression && valueKey(expression)) ?? asText(element);
}

/** `a \pm b` as a + b and a − b. */
export function signs(element: string): string[] {
  if (!/\\[pm][mp](?![a-zA-Z])|\+\/-/.test(element)) return [element];
  const plus = /\\pm(?![a-zA-Z])|\+\/-/g;
  const minus = /\\mp(?![a-zA-Z])/g;
  return [
    element.replace(plus, "+").replace(minus, "-"),
    element.replace(plus, "-").replace(minus, "+"),
  ];
}

/** Separators of the elements of a list; `∨` is "or". */
export const listSeparator = /[,;∨]/y;

/** The elements inside the braces of a set, also of `{1, 2}`, which LaTeX shows without them. */
export function setIn(value: string): string | undefined {
  const set = inside(value, "«", "»");
  if (set !== undefined) return set.trim() === "" ? undefined : set;
  const list = inside(value, "{", "}");
  return list !== undefined && split(list, listSeparator).length > 1 ? list : undefined;
}

/** The readings of a list's elements without their names, a set among them by its own. */
export function members(text: string): AnswerReading[] {
  return split(text, listSeparator)
    .filter((element) => element !== "")
    .flatMap((element) => valueReadings(namedElement(element).value));
}

/** The readings of one element's value: two for `a \pm b`, as many as its members for a set. */
export function valueReadings(value: string): AnswerReading[] {
  const set = setIn(value);
  return set === undefined ? signs(value).map(elementReading) : members(set);
}
