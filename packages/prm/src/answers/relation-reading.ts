import { cut } from "./answer-parts";
import { type AnswerForm, type AnswerReading, weakest } from "./answer-reading";
import { isName } from "./assignments";
import { evaluateNumeric, freeNames } from "./evaluate-expression";
import { parseExpression } from "./parse-expression";
import { equationKey } from "./value-key";

/** The signs between the sides of a relation. */
export const relation = /\\le(?![a-z])|\\ge(?![a-z])|\\ne(?![a-z])|\\approx(?![a-z])|[=<>]/y;

/** Whether an answer is an inequality. */
export const isInequality = (text: string): boolean =>
  cut(text, relation).separators.some((sign) => /^(?:<|>|\\le|\\ge)$/.test(sign));

/** Whether `text` may bound `name`: an expression without it. */
function isBound(text: string, name: string): boolean {
  const expression = parseExpression(text);
  return expression !== undefined && !freeNames(expression).has(name.replace(/^\\|[{}]/g, ""));
}

const numberOf = (text: string) => evaluateNumeric(parseExpression(text)!, new Map())[0];

/** `0 < x \le 1` as `(0, 1]`, `x > 5` as `(5, inf)`; undefined unless a name lies between bounds in their order. */
function interval(
  sides: readonly string[],
  signs: readonly string[],
  keys: readonly string[],
): AnswerForm | undefined {
  if (!signs.every((sign) => sign === "<" || sign === "\\le")) return undefined;
  const at = sides.findIndex(isName);
  const name = sides[at];
  if (name === undefined || sides.length > 3 || (sides.length === 3 && at !== 1)) return undefined;
  if (sides.some((side, i) => i !== at && !isBound(side, name))) return undefined;
  if (sides.length === 3 && numberOf(sides[0]!) >= numberOf(sides[2]!)) return undefined;
  const [below, above] = [signs[at - 1], signs[at]];
  const left = below === undefined ? "(-inf" : `${below === "<" ? "(" : "["}${keys[at - 1]}`;
  const right = above === undefined ? "inf)" : `${keys[at + 1]}${above === "<" ? ")" : "]"}`;
  return { key: `${left}, ${right}`, name };
}

/** `1 < x ≤ 3` and `3 ≥ x > 1` alike, also as an interval; an equation by its curve. */
export function relationReading(
  text: string,
  read: (side: string) => AnswerReading,
): AnswerReading {
  const { parts: sides, separators: signs } = cut(text, relation);
  const isFalling = signs.every((sign) => sign === ">" || sign === "\\ge");
  if (isFalling) {
    sides.reverse();
    signs.reverse();
  }
  const upward = signs.map((sign) => (isFalling ? (sign === ">" ? "<" : "\\le") : sign));
  if (sides.length === 2 && upward[0] === "=") {
    const [left, right] = [parseExpression(sides[0]!), parseExpression(sides[1]!)];
    const curve = left && right && equationKey(left, right);
    if (curve) return curve;
  }
  const readings = sides.map(read);
  const found = interval(
    sides,
    upward,
    readings.map(({ key }) => key),
  );
  if (upward.length === 1 && /=|ne|approx/.test(upward[0]!))
    readings.sort((a, b) => (a.key < b.key ? -1 : 1));
  const key = readings.map((reading, i) => `${reading.key}${upward[i] ?? ""}`).join("");
  return { key, method: weakest(readings), ...(found && { forms: [{ key }, found] }) };
}
