/** An arithmetic expression. */
export type Expression =
  | { readonly kind: "number"; readonly raw: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "negate"; readonly of: Expression }
  | {
      readonly kind: "binary";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly name: string; readonly of: Expression };

/** The operators of {@link Expression}. */
export type Operator = "+" | "-" | "*" | "/" | "**";

/** Maximum length of a parsed text, in characters. */
export const longestExpression = 512;

/** `left operator right`. */
export const binary = (operator: Operator, left: Expression, right: Expression): Expression => ({
  kind: "binary",
  operator,
  left,
  right,
});

/** `name(of)`. */
export const call = (name: string, of: Expression): Expression => ({ kind: "call", name, of });

/** A number from its digits. */
export const number = (raw: string): Expression => ({ kind: "number", raw });
