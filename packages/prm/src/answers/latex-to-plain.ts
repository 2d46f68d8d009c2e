/**
 * @file Converts the LaTeX of a short answer to plain text that a calculator could read: `\frac{x+1}{2}` becomes
 * `(x+1)/2`, `\sqrt[3]{5}` becomes `(5)^(1/3)`. Only the backslash of unknown commands is removed, so that no answer
 * is lost.
 */

/** The signs outside ASCII that the released grader reads. */
const signs: Readonly<Record<string, string>> = {
  "·": "*",
  "×": "*",
  π: "pi",
  "√": "sqrt",
  "∞": "inf",
  "∪": "U",
};

const symbols: Readonly<Record<string, string>> = {
  pi: "pi",
  infty: "inf",
  cup: "U",
  cdot: "*",
  times: "*",
  div: "/",
  le: "<=",
  leq: "<=",
  ge: ">=",
  geq: ">=",
  ne: "!=",
  neq: "!=",
  lbrace: "{",
  rbrace: "}",
};
/** Commands that only affect type style or spacing. */
const silent = new Set(
  "left right displaystyle textstyle quad qquad big Big bigl bigr Bigl Bigr limits mathrm mathbf mathbb mathcal mathit text textbf textit textrm mbox operatorname boldsymbol circ".split(
    " ",
  ),
);

interface Cursor {
  readonly text: string;
  at: number;
}

/** The brace group, command or single character at the cursor, without outer braces. */
function argument(cursor: Cursor): string {
  while (cursor.text[cursor.at] === " ") cursor.at++;
  const { text, at } = cursor;
  if (text[at] === "{") {
    let depth = 0;
    for (let i = at; i < text.length; i++) {
      if (text[i] === "{") depth++;
      if (text[i] === "}" && --depth === 0) {
        cursor.at = i + 1;
        return text.slice(at + 1, i);
      }
    }
    cursor.at = text.length;
    return text.slice(at + 1);
  }
  const single = /^(?:\\[a-zA-Z]+|\\?.)/s.exec(text.slice(at))?.[0] ?? "";
  cursor.at = at + single.length;
  return single;
}

/** Adds parentheses unless the text is a single number or name. */
const group = (text: string) => (/^(?:\d+(?:\.\d+)?|[a-zA-Z]+)$/.test(text) ? text : `(${text})`);

function root(cursor: Cursor): string {
  const degree = /^ *\[([^\]]*)\]/.exec(cursor.text.slice(cursor.at));
  if (degree) cursor.at += degree[0].length;
  const radicand = latexToPlain(argument(cursor));
  return degree ? `(${radicand})^(1/${group(latexToPlain(degree[1]!))})` : `sqrt(${radicand})`;
}

function command(name: string, cursor: Cursor): string {
  if (name === "frac" || name === "tfrac" || name === "dfrac" || name === "cfrac") {
    const top = group(latexToPlain(argument(cursor)));
    // The space separates the integer part of a mixed number.
    return ` ${top}/${group(latexToPlain(argument(cursor)))}`;
  }
  if (name === "sqrt") return root(cursor);
  if (silent.has(name)) return "";
  const symbol = symbols[name] ?? name;
  const next = cursor.text[cursor.at] ?? "";
  return /[a-zA-Z]$/.test(symbol) && /[a-zA-Z\d]/.test(next) ? `${symbol} ` : symbol;
}

/** The plain text of a LaTeX answer, trimmed. */
export function latexToPlain(latex: string): string {
  const cursor: Cursor = { text: latex, at: 0 };
  let plain = "";
  while (cursor.at < latex.length) {
    const name = /^\\([a-zA-Z]+)/.exec(latex.slice(cursor.at))?.[1];
    const character = latex[cursor.at]!;
    if (name) {
      cursor.at += name.length + 1;
      plain += command(name, cursor);
    } else if (character === "\\") {
      const next = latex[cursor.at + 1] ?? "";
      plain += /[!,;:> ]/.test(next) ? " " : next; // \! \, \; \: are spaces, \{ \% \$ are signs
      cursor.at += 2;
    } else if (character === "^") {
      cursor.at++;
      plain += `^${group(latexToPlain(argument(cursor)))}`;
    } else if (character === "{" || character === "}") {
      cursor.at++; // braces that only group
    } else {
      plain += signs[character] ?? character;
      cursor.at++;
    }
  }
  return plain.replaceAll("^()", "").trim();
}
