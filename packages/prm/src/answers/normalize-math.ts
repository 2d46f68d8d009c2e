import { PrmError } from "../errors";

const unreadable = (text: string, rule: string) =>
  new PrmError("ERR_FORMAT", `normalizeMath: ${rule} in ${JSON.stringify(text)}`, {
    fields: { text, rule },
  });

/** `10\text{ units}` as `10`: exactly one unit is expected. */
function withoutUnits(text: string): string {
  const parts = text.split("\\text{ ");
  if (parts.length > 2) throw unreadable(text, "more than one unit");
  return parts[0]!;
}

/** `k = 5` as `5`. */
function rightOfEquals(text: string): string {
  const sides = text.split("=");
  return sides.length === 2 && sides[0]!.length <= 2 ? sides[1]! : text;
}

/** `\sqrt3` as `\sqrt{3}`. */
function bracedRoots(text: string): string {
  const [first, ...rest] = text.split("\\sqrt");
  return rest.reduce((whole, part) => {
    if (part === "") throw unreadable(text, "a root of nothing");
    return `${whole}\\sqrt${part[0] === "{" ? part : `{${part[0]}}${part.slice(1)}`}`;
  }, first!);
}

/** `\frac12` as `\frac{1}{2}`, `\frac1{72}` as `\frac{1}{72}`. */
function bracedFractions(text: string): string {
  const [first, ...rest] = text.split("\\frac");
  let whole = first!;
  for (const part of rest) {
    if (part === "") throw unreadable(text, "a fraction of nothing");
    if (part[0] === "{") whole += `\\frac${part}`;
    else if (part.length < 2) return text;
    else
      whole += `\\frac{${part[0]}}${part[1] === "{" ? part.slice(1) : `{${part[1]}}${part.slice(2)}`}`;
  }
  return whole;
}

/** `1/2` as `\frac{1}{2}` where both are whole numbers. */
function slashFraction(text: string): string {
  const match = /^(0|-?[1-9]\d*)\/(0|-?[1-9]\d*)$/.exec(text);
  return match ? `\\frac{${match[1]}}{${match[2]}}` : text;
}

/** The rules, in the order in which the released script applies them. The order matters. */
const rules: readonly ((text: string) => string)[] = [
  (text) => text.replaceAll("\n", ""),
  (text) => text.replaceAll("\\!", ""),
  (text) => text.replaceAll("\\\\", "\\"),
  (text) => text.replaceAll("tfrac", "frac").replaceAll("dfrac", "frac"),
  (text) => text.replaceAll("\\left", "").replaceAll("\\right", ""),
  (text) => text.replaceAll("^{\\circ}", "").replaceAll("^\\circ", ""),
  (text) => text.replaceAll("\\$", ""),
  withoutUnits,
  (text) => text.replaceAll("\\%", ""),
  (text) => text.replaceAll(" .", " 0.").replaceAll("{.", "{0.").replace(/^\./, "0."),
  rightOfEquals,
  bracedRoots,
  (text) => text.replaceAll(" ", ""),
  bracedFractions,
  (text) => (text === "0.5" ? "\\frac{1}{2}" : text),
  slashFraction,
];

/**
 * The normal form of a MATH answer: the sixteen string rules of Hendrycks et al., in their order.
 *
 * @throws {PrmError} `ERR_FORMAT` for more than one unit, a root or a fraction of nothing; `equalMath` then compares the
 *   raw strings, as the released script does
 * @see Hendrycks et al. 2021 (MATH), released code
 */
export const normalizeMath = (answer: string): string =>
  rules.reduce((text, rule) => rule(text), answer);

/**
 * Whether two MATH answers have the same normal form; two missing ones are equal.
 * @see Hendrycks et al. 2021 (MATH), released code
 */
export function equalMath(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  try {
    return normalizeMath(a) === normalizeMath(b);
  } catch (error) {
    if (PrmError.isInstance(error)) return a === b;
    throw error;
  }
}
