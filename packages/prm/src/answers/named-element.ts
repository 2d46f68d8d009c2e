import { cut } from "./answer-parts";
import { namesOf } from "./assignments";
import { parseExpression } from "./parse-expression";
import { relation } from "./relation-reading";
import { valueKey } from "./value-key";

/** An element and what it is said of. */
export interface NamedElement {
  readonly value: string;
  /** `["x"]` of `x = 5`, `["p", "q"]` of `(p, q) = (3, 2)`. */
  readonly names?: readonly string[] | undefined;
  /** Whether it is said to be in the value: `x \in [1, 2]`. */
  readonly isMember?: boolean | undefined;
}

/** The sides of equations without what only approximates the last: `x = \sqrt{2} \approx 1.41`. */
function withoutTail(sides: string[], signs: string[]): void {
  // `x \approx 3` gives x; `\pi \approx 3` and `e \approx 3` are tails.
  if (signs[0] === "\\approx" && namesOf(sides[0]!) && !/^[ei]$/.test(sides[0]!)) signs[0] = "=";
  const tail = signs.indexOf("\\approx");
  if (tail < 0 || signs.slice(0, tail).some((sign) => sign !== "=")) return;
  sides.length = tail + 1;
  signs.length = tail;
}

/** The key of an expression alone: what a chain is made of has no sets in it, so that no text is read twice per depth. */
function expressionKey(text: string): string | undefined {
  const expression = parseExpression(text);
  return expression && valueKey(expression)?.key;
}

/** The value at the end of `x = 5 + 6 = 11`; undefined unless all that follows the name has one value. */
function endOfChain(values: readonly string[]): string | undefined {
  const end = values.at(-1);
  if (values.length < 2) return end === "" ? undefined : end;
  const keys = values.map(expressionKey);
  return keys[0] !== undefined && keys.every((key) => key === keys[0]) ? end : undefined;
}

/** `x = 5`, `(p, q) = (3, 2)`, `x = 5 + 6 = 11`, `x \approx 1.3`, `x \in [1, 2]` and `f(x) = 5` without what is named. */
export function namedElement(element: string): NamedElement {
  const { parts: sides, separators: signs } = cut(element, relation);
  const count = sides.length;
  withoutTail(sides, signs);
  const isShorter = sides.length < count;
  if (signs.length === 0) {
    const [owner, set, ...more] = cut(sides[0]!, /\\in(?![a-z])/y).parts;
    const names = set && more.length === 0 ? namesOf(owner!) : undefined;
    return names ? { value: set!, names, isMember: true } : { value: sides[0]! };
  }
  const names = signs.every((sign) => sign === "=") ? namesOf(sides[0]!) : undefined;
  const value = names && endOfChain(sides.slice(1));
  if (value !== undefined) return { value, names };
  return { value: isShorter ? sides.join("=") : element };
}
