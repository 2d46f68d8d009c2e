import { binary, call, type Expression, longestExpression, number } from "./expression";

/** Thrown inside the parser for text that is not an expression, and caught at its door. */
const notAnExpression = Symbol("not an expression");

const functions = "arcsin|arccos|arctan|factorial|sqrt|sin|cos|tan|cot|sec|csc|log|ln|lg|exp|abs";
const functionPattern = new RegExp(`^\\\\?(${functions})(?![a-z])`);
const plainFunction = new RegExp(`^(${functions})`);
const greek =
  "alpha|beta|gamma|delta|epsilon|varepsilon|theta|lambda|mu|rho|sigma|tau|phi|varphi|omega|Delta|Sigma|Omega|ell";
const namedPattern = new RegExp(`^\\\\(pi|infty|${greek})(?![a-zA-Z])`);
const numberPattern = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]\d+(?![\d.]))?/;
const timesPattern = /^(?:\*(?!\*)|\\cdot(?![a-zA-Z])|\\times(?![a-zA-Z])|\\ast(?![a-zA-Z]))/;
const overPattern = /^(?:\/|\\div(?![a-zA-Z]))/;
const powerPattern = /^(?:\^|\*\*)/;
const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** A descent over LaTeX and plain notation: `\frac{x+1}{2}`, `(x+1)/2`, `2\sqrt[3]{5}`, `3 1/2`, `\sin^2 x`. */
class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Expression {
    const found = this.sum();
    return this.rest() === "" ? found : this.fail();
  }

  private fail(): never {
    throw notAnExpression;
  }

  /** The rest of the text, spaces skipped. */
  private rest(): string {
    while (this.text[this.at] === " ") this.at++;
    return this.text.slice(this.at);
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.rest());
    if (found) this.at += found[0].length;
    return found ?? undefined;
  }

  private expect(character: string): void {
    if (this.rest()[0] !== character) this.fail();
    this.at++;
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      const sign = this.take(/^[-+]/)?.[0];
      if (sign === undefined) return left;
      left = binary(sign as "+" | "-", left, this.product());
    }
  }

  private product(): Expression {
    let left = this.signed();
    for (;;) {
      if (this.take(timesPattern)) left = binary("*", left, this.signed());
      else if (this.take(overPattern)) left = binary("/", left, this.signed());
      else if (this.startsFactor()) left = binary("*", left, this.power());
      else return left;
    }
  }

  /** Whether a factor follows without a sign of multiplication; two numbers side by side are none. */
  private startsFactor(): boolean {
    const rest = this.rest();
    if (/^[\d.]/.test(rest)) return !/[\d.] *$/.test(this.text.slice(0, this.at));
    return (
      /^[a-zA-Z([{]/.test(rest) ||
      /^\\(?:[dtc]?frac|sqrt|binom|lvert)(?![a-z])/.test(rest) ||
      namedPattern.test(rest) ||
      functionPattern.test(rest)
    );
  }

  private signed(): Expression {
    const sign = this.take(/^[-+]/)?.[0];
    if (sign === undefined) return this.power();
    const of = this.signed();
    return sign === "-" ? { kind: "negate", of } : of;
  }

  private power(): Expression {
    let base = this.primary();
    while (this.take(/^!/)) base = call("factorial", base);
    return this.take(powerPattern) ? binary("**", base, this.exponent()) : base;
  }

  /** `{10}`, `10`, `-1`, `\pi`; towers lean to the right. */
  private exponent(): Expression {
    const sign = this.take(/^[-+]/)?.[0];
    const of = this.power();
    return sign === "-" ? { kind: "negate", of } : of;
  }

  private primary(): Expression {
    const rest = this.rest();
    if (/^[\d.]/.test(rest)) return this.number();
    const closer = closers[rest[0] ?? ""];
    if (closer !== undefined) {
      this.at++;
      const inner = this.sum();
      this.expect(closer);
      return inner;
    }
    if (this.take(/^(?:\||\\lvert(?![a-z]))/)) {
      const inner = this.sum();
      return this.take(/^(?:\||\\rvert(?![a-z]))/) ? call("abs", inner) : this.fail();
    }
    if (this.take(/^\\[dtc]?frac(?![a-z])/)) return binary("/", this.argument(), this.argument());
    if (this.take(/^\\binom(?![a-z])/)) return this.binomial();
    if (this.take(/^\\?sqrt(?![a-z])|^sqrt/)) return this.root();
    const name = this.take(namedPattern)?.[1];
    if (name !== undefined) return this.subscripted(name === "infty" ? "inf" : name);
    const called = (this.take(functionPattern) ?? this.take(plainFunction))?.[1];
    if (called !== undefined) return this.application(called);
    const word = this.take(/^(?:pi|inf)/)?.[0] ?? this.take(/^[a-zA-Z]/)?.[0];
    return word === undefined ? this.fail() : this.subscripted(word);
  }

  /** A number; an integer before a fraction of integers is a mixed number; `1011_2` is a name of its own. */
  private number(): Expression {
    const raw = this.take(numberPattern)?.[0] ?? this.fail();
    if (/^ *_/.test(this.text.slice(this.at))) return this.subscripted(raw);
    if (!/^\d+$/.test(raw)) return number(raw);
    const isSpaced = this.text[this.at] === " ";
    const mixed =
      this.take(/^\\[dtc]?frac *(?:\{ *(\d+) *\}|(\d)) *(?:\{ *(\d+) *\}|(\d))(?! *\^)/) ??
      (isSpaced ? this.take(/^(\d+) *\/ *(\d+)(?! *\^)/) : undefined);
    if (!mixed) return number(raw);
    const [top, bottom] = mixed.slice(1).filter((group) => group !== undefined);
    return binary("+", number(raw), binary("/", number(top!), number(bottom!)));
  }

  private subscripted(name: string): Expression {
    const index = this.take(/^_ *(?:\{ *([\w,+-]+) *\}|(\w))/);
    return { kind: "name", name: index ? `${name}_${index[1] ?? index[2]}` : name };
  }

  /** An argument of a command: a group, or a single digit, letter or command. */
  private argument(): Expression {
    const digit = this.take(/^\d/)?.[0];
    return digit === undefined ? this.primary() : number(digit);
  }

  private root(): Expression {
    if (!this.take(/^\[/)) return call("sqrt", this.argument());
    const degree = this.sum();
    this.expect("]");
    if (degree.kind === "number" && degree.raw === "3") return call("cbrt", this.argument());
    return binary("**", this.argument(), binary("/", number("1"), degree));
  }

  private binomial(): Expression {
    const [n, k] = [this.argument(), this.argument()];
    const below = binary("*", call("factorial", k), call("factorial", binary("-", n, k)));
    return binary("/", call("factorial", n), below);
  }

  private application(name: string): Expression {
    const base = name === "log" && this.take(/^_/) ? this.argument() : undefined;
    const exponent = this.take(powerPattern) ? this.exponent() : undefined;
    if (exponent?.kind === "negate") this.fail(); // \sin^{-1} means either of two things
    const of = this.applied();
    const below = base ?? (name === "lg" ? number("10") : undefined);
    const value = below
      ? binary("/", call("ln", of), call("ln", below))
      : call(name === "log" ? "ln" : name, of);
    return exponent ? binary("**", value, exponent) : value;
  }

  /** `(x)` or `{x}`; without them the factors that follow: `\sin 2x` is sin(2x). */
  private applied(): Expression {
    if (/^[([{|]/.test(this.rest())) return this.primary();
    let of = this.power();
    while (this.startsFactor() && !functionPattern.test(this.rest()) && !/^[([{]/.test(this.rest()))
      of = binary("*", of, this.power());
    return of;
  }
}

/**
 * Parses LaTeX or plain text as an expression, with implicit multiplication; single letters are names.
 * @returns undefined if it is not an expression, or longer than 512 characters
 */
export function parseExpression(text: string): Expression | undefined {
  if (text.length > longestExpression) return undefined;
  try {
    return new Parser(text).whole();
  } catch (error) {
    if (error === notAnExpression) return undefined;
    throw error;
  }
}
