import jsep from "jsep";

/** An arithmetic expression: the subset of jsep's tree that is accepted. */
export type Expression =
  | { readonly kind: "number"; readonly raw: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "negate"; readonly of: Expression }
  | {
      readonly kind: "binary";
      readonly operator: "+" | "-" | "*" | "/" | "**";
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly name: string; readonly of: Expression };

/** Maximum length of a parsed text, in characters. */
export const longestExpression = 512;

const functions = ["sqrt", "sin", "cos", "tan", "log", "ln", "exp", "abs", "factorial"];
const names = [...functions, "pi", "inf"].sort((a, b) => b.length - a.length);
const token = new RegExp(`\\d+\\.?\\d*|\\.\\d+|${names.join("|")}|[a-zA-Z]|\\*\\*|[-+*/^()]`, "g");

const startsOperand = (text: string) => /^[\da-zA-Z.(]/.test(text);
const endsOperand = (text: string) => /^(?:[\d.]+|[a-zA-Z]+|\))$/.test(text);

/** Makes implicit notation explicit: `2x` as `2*x`, `-x^2` as `(-1)*x**2`, `sqrt2` as `sqrt(2)`. */
function explicit(plain: string): string | undefined {
  const text = plain.replace(/(\d+)!/g, "factorial($1)").replaceAll(/\s+/g, "");
  const tokens = text.match(token) ?? [];
  if (tokens.join("") !== text) return undefined;
  let [written, before] = ["", ""];
  for (let i = 0; i < tokens.length; i++) {
    const now = tokens[i]!;
    if (functions.includes(before) && now !== "(") {
      if (!/^[\da-zA-Z]/.test(now) || functions.includes(now)) return undefined;
      written += `(${now})`;
      before = ")";
      continue;
    }
    const isPrefix = (now === "-" || now === "+") && !endsOperand(before);
    if (endsOperand(before) && startsOperand(now) && !functions.includes(before)) written += "*";
    if (isPrefix && before !== "^" && before !== "**") written += now === "-" ? "(-1)*" : "";
    else written += now === "^" ? "**" : now;
    before = now;
  }
  return written;
}

function narrow(node: jsep.Expression): Expression | undefined {
  if (node.type === "Literal" && typeof node.value === "number")
    return { kind: "number", raw: (node as jsep.Literal).raw };
  if (node.type === "Identifier") return { kind: "name", name: (node as jsep.Identifier).name };
  if (node.type === "UnaryExpression") {
    const of = narrow(node.argument as jsep.Expression);
    if (!of || (node.operator !== "-" && node.operator !== "+")) return undefined;
    return node.operator === "-" ? { kind: "negate", of } : of;
  }
  if (node.type === "CallExpression") {
    const { callee, arguments: given } = node as jsep.CallExpression;
    const of = given.length === 1 ? narrow(given[0]!) : undefined;
    const name = callee.type === "Identifier" ? (callee as jsep.Identifier).name : "";
    return of && functions.includes(name) ? { kind: "call", name, of } : undefined;
  }
  if (node.type !== "BinaryExpression") return undefined;
  const { operator, left, right } = node as jsep.BinaryExpression;
  const [a, b] = [narrow(left), narrow(right)];
  if (!a || !b || !["+", "-", "*", "/", "**"].includes(operator)) return undefined;
  return { kind: "binary", operator: operator as "+", left: a, right: b };
}

/**
 * Parses plain text as an expression, with implicit multiplication; single letters are names.
 * @returns undefined if it is not an expression, or longer than 512 characters
 */
export function parseExpression(plain: string): Expression | undefined {
  if (plain.length > longestExpression) return undefined;
  const text = explicit(plain);
  if (!text) return undefined;
  try {
    return narrow(jsep(text));
  } catch {
    return undefined; // jsep throws for unbalanced parentheses and dangling operators
  }
}
