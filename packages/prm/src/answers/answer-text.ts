import { unicodeToLatex } from "./unicode-to-latex";

/**
 * @file What stands around a value and is not part of it: units with their exponents, currency and percent signs, degrees,
 * style and spacing commands, thousands commas.
 */

/** Unit words without context; single letters count as units only inside `\text`. */
const unitWords =
  "percent(?:age)?|pct|degrees?|(?:kilo|centi|milli)?met(?:er|re)s?|km/h|mph|cm|mm|km|kg|mg|ml|miles?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|feet|foot|ft|inch(?:es)?|yards?|(?:kilo)?grams?|pounds?|lit(?:er|re)s?|dollars?|cents?|units?|square|cubic|sq";
const exponent = "(?: *\\^ *(?:\\{[^{}]*\\}|-?\\d))?";
const bareUnits = new RegExp(
  `(?<=[\\d})%!]) *(?:(?:per +|/ *)?(?:${unitWords})\\b\\.?${exponent} *)+`,
  "gi",
);
const styled =
  "\\\\(text|textrm|textbf|textit|textnormal|mbox|mathrm|mathbf|mathit|mathsf|operatorname|boldsymbol|bf|rm) *\\{([^{}]*)\\}";
const unitChain = new RegExp(`^(?: *(?:/|\\\\cdot|\\\\times|\\*)? *${styled}${exponent})*`);
const styledAtStart = new RegExp(`^${styled}`);
const conjunction = /^[ ,;]*(?:or|and)[ ,;]*$/i;
const connective = /\b(?:if|for|where|when|is|are|in|with|otherwise|except)\b/i;
const styleOnly = /^(?:math|bold|operator)/;

/** Whether a styled word after `before` is a unit: something of value precedes it, and it is no single-letter symbol. */
function isUnit(command: string, content: string, before: string): boolean {
  if (!/[\da-zA-Z})\]%!]\s*$/.test(before) || connective.test(content)) return false;
  if (!styleOnly.test(command)) return true;
  return content.trim().length > 1 ? true : /\d\s*$/.test(before) && !/[eixyz]/.test(content);
}

/** Replaces `\text{…}` and its kin: "and" is a comma, "or" is `∨`, a unit goes together with its exponent, other text stays. */
function withoutStyles(text: string): string {
  let [done, rest] = ["", text];
  for (;;) {
    const at = rest.search(/\\(?:text|mbox|math|operatorname|boldsymbol|bf|rm)/);
    if (at < 0) return done + rest;
    done += rest.slice(0, at);
    rest = rest.slice(at);
    const match = styledAtStart.exec(rest);
    if (!match) {
      const skipped = /^\\[a-zA-Z]+/.exec(rest)![0];
      done += skipped;
      rest = rest.slice(skipped.length);
      continue;
    }
    const [, command, content] = match;
    if (conjunction.test(content!)) done += /or/i.test(content!) ? " ∨ " : " , ";
    else if (isUnit(command!, content!, done)) {
      const chain = new RegExp(`^${styled}${exponent}`).exec(rest)![0];
      const further = unitChain.exec(rest.slice(chain.length))![0];
      // A conjunction behind the unit is not part of it.
      const isPlain = !/\{[ ,;]*(?:or|and)[ ,;]*\}/i.test(further);
      done += " ";
      rest = rest.slice(chain.length + (isPlain ? further.length : 0));
      continue;
    } else done += content!;
    rest = rest.slice(match[0].length);
  }
}

const thousands = /(?:^|[^\d.,])[1-9]\d{0,2}(?:,\d{3})*$/;
const wholePart = /(?:^|[^\d.,])\d+$/;
/** Decimals that begin with 0 and are no group of three: no element of a list is written so. */
const decimals = /^,(?!0\d\d(?!\d))0\d+(?!\d|[.,]\d)/;

/**
 * Outside brackets no commas between groups of three digits, `12,345` but not `(12,345)`, and a point for a comma that
 * can be nothing else, `2,05`.
 */
function withPoint(text: string): string {
  let depth = 0;
  let found = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if ("([«".includes(character)) depth++;
    if (")]»".includes(character)) depth--;
    const before = text.slice(Math.max(0, at - 60), at);
    const after = text.slice(at, at + 60);
    if (depth > 0 || character !== ",") found += character;
    else if (thousands.test(before) && /^,\d{3}(?!\d)/.test(after)) continue;
    else found += wholePart.test(before) && decimals.test(after) ? "." : ",";
  }
  return found;
}

/**
 * The text of an answer with nothing but its value: LaTeX without style, units, currency and percent signs; `«` and `»`
 * stand for the braces of a set, `∨` for "or".
 */
export function answerText(answer: string): string {
  const text = unicodeToLatex(answer)
    .replace(/\s+/g, " ")
    .replace(/(?<![\d.,}])0\{,\}(?=\d{3}(?![\d{]))/g, "0.")
    .replace(/(\d)(?:\{,\}|,\\!) *(?=\d{3}(?!\d))/g, "$1")
    .replace(/(?<![\d.,}])(\d+)\{,\}(?=\d+(?!\d|\{,|[.,]\d))/g, "$1.")
    .replace(/(\d)\\[,;:](?=\d{3}(?!\d))/g, "$1")
    .replace(/\{,\}/g, ",")
    .replace(/\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits)(?![a-zA-Z])\.?/g, "")
    .replace(/\\!|\\[()[\]]/g, "")
    .replace(/(?<!\\)\\(?:[,;:> ]|q?quad(?![a-zA-Z]))|~/g, " ")
    .replace(/\\(?:\{|lbrace(?![a-zA-Z]))/g, "«")
    .replace(/\\(?:\}|rbrace(?![a-zA-Z]))/g, "»")
    .replace(/\\?[$%€£]/g, " ")
    .replace(/ *\^ *(?:\\circ(?![a-zA-Z])|\{ *\\circ *\})|\\degree(?![a-zA-Z])/g, "")
    .replace(/\\(?:leqslant|leq)(?![a-zA-Z])|<=/g, "\\le ")
    .replace(/\\(?:geqslant|geq)(?![a-zA-Z])|>=/g, "\\ge ")
    .replace(/\\neq(?![a-zA-Z])|!=/g, "\\ne ")
    .replace(/\\lt(?![a-zA-Z])/g, "<")
    .replace(/\\gt(?![a-zA-Z])/g, ">");
  const plain = withoutStyles(text)
    .replace(/(?<=[\d)\]»}]) *(or|and) *(?=[-\d([{«\\]|[a-zA-Z] *[=(_])/g, " $1 ")
    .replace(/(?<=[\d\s)}a-z])[ ,]+and +/g, " , ")
    .replace(/(?<=[\d\s)}a-z])[ ,]+or +/g, " ∨ ")
    .replace(bareUnits, " ");
  return withPoint(plain)
    .trim()
    .replace(/(?<=[^.])\.$/, "")
    .replace(/(\d)\.$/, "$1")
    .trim();
}
