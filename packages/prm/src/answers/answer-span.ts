/**
 * @file Where an answer stands in a text: in its last box or, if it has none, in its last formula; in several where
 * nothing but commas, semicolons, "and" and "or" part them. Work grows with the length of the text alone.
 */
import { extractBoxed } from "./math-answer";

/** Longest text between two boxes or formulas of one answer, in characters. */
const longestGap = 80;
const gapToken =
  /(?:\\[()[\],;:! ]|\\q?quad|\\text *\{[ ,]*(?:and|or)[ ,]*\}|(?<![a-zA-Z\\])(?:and|or)(?![a-zA-Z])|[,;$\s])$/;
const ownName = /(?<![a-zA-Z\\_{])(?:\\?[a-zA-Z]+(?:_(?:\w|\{\w+\}))?|[a-zA-Z]\([a-z]\)) *= *$/;

/** The separator of two pieces, and how much of the text before the second it takes; undefined where a sign or a word stands. */
function gapAtEnd(before: string): { length: number; separator: string } | undefined {
  let [rest, separator] = [before, ""];
  for (;;) {
    const token = gapToken.exec(rest)?.[0];
    if (token === undefined) break;
    if (/or/.test(token)) separator = "\\text{ or }";
    else if (/^[,;]|and/.test(token)) separator ||= ", ";
    rest = rest.slice(0, rest.length - token.length);
  }
  return separator === "" ? undefined : { length: before.length - rest.length, separator };
}

/** Where the box ends whose closing brace is at `close` begins; undefined if that closes anything else. */
function boxBefore(text: string, close: number): number | undefined {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (text[at] === "}") depth++;
    if (text[at] !== "{" || --depth > 0) continue;
    const command = /\\(?:boxed|fbox)$/.exec(text.slice(Math.max(0, at - 6), at))?.[0];
    return command === undefined ? undefined : at - command.length;
  }
  return undefined;
}

/**
 * The content of the last box, or of the last ones as a list: `\boxed{k = 45} and \boxed{n = 2}` is `k = 45, n = 2`.
 * @returns null where there is none or its brace never closes
 */
export function extractBoxes(text: string): string | null {
  const last = extractBoxed(text);
  if (last === null) return null;
  const boxed = text.lastIndexOf("\\boxed");
  const pieces: string[] = [];
  let [start, content, separator] = [boxed < 0 ? text.lastIndexOf("\\fbox") : boxed, last, ""];
  for (;;) {
    const before = text.slice(Math.max(0, start - longestGap), start);
    const name = ownName.exec(before)?.[0] ?? "";
    const gap = gapAtEnd(before.slice(0, before.length - name.length));
    pieces.push(separator, `${name}${content}`); // from the last to the first
    const close = start - name.length - (gap?.length ?? 0) - 1;
    const from = gap && text[close] === "}" ? boxBefore(text, close) : undefined;
    if (from === undefined) break;
    content = text.slice(text.indexOf("{", from) + 1, close);
    [start, separator] = [from, gap!.separator];
  }
  return pieces.length === 2 ? last : pieces.reverse().join("");
}

/** A formula: where it begins and ends, and what is between its signs. */
interface Formula {
  readonly from: number;
  readonly to: number;
  readonly content: string;
}

/** Whether two dollar signs enclose a formula and are no sums of money: `$5 and $6` has none. */
const isFormula = (content: string, next: string) =>
  content.trim() !== "" &&
  !/\n\s*\n/.test(content) &&
  !/\d/.test(next) &&
  (!/\s$/.test(content) || /^\s/.test(content) || !/[a-zA-Z\\]/.test(next));

/** The formulas of a text, `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */
function formulas(text: string): Formula[] {
  const found: Formula[] = [];
  const missing = new Set<string>();
  for (let at = 0; at < text.length; ) {
    const opener = /^(?:\$\$?|\\[([])/.exec(text.slice(at, at + 2))?.[0];
    if (opener === undefined || missing.has(opener)) {
      at += text[at] === "\\" ? 2 : 1;
      continue;
    }
    const closer = opener === "\\(" ? "\\)" : opener === "\\[" ? "\\]" : opener;
    const inner = at + opener.length;
    const end = closingAt(text, closer, inner);
    if (end < 0) missing.add(opener);
    const content = end < 0 ? "" : text.slice(inner, end);
    const to = end + closer.length;
    if (end < 0 || (opener[0] === "$" && !isFormula(content, text[to] ?? ""))) {
      at = inner;
      continue;
    }
    if (content.trim() !== "") found.push({ from: at, to, content });
    at = to;
  }
  return found;
}

/** Where the next `closer` is that no backslash escapes; −1 for none. */
function closingAt(text: string, closer: string, from: number): number {
  let at = text.indexOf(closer, from);
  while (at > 0 && text[at - 1] === "\\" && text[at - 2] !== "\\")
    at = text.indexOf(closer, at + 1);
  return at;
}

/**
 * The content of the last formula, or of the last ones as a list: `$21$, $16$ or $11$`.
 *
 * @param isWhole null unless they are the whole text, but for a full stop
 * @returns null where there is none
 */
export function extractFormulas(text: string, isWhole = false): string | null {
  const found = formulas(text);
  const last = found.at(-1);
  if (!last) return null;
  let [at, answer] = [found.length - 1, last.content];
  for (; at > 0; at--) {
    const between = text.slice(found[at - 1]!.to, found[at]!.from);
    const gap = between.length > longestGap ? undefined : gapAtEnd(between);
    if (gap?.length !== between.length) break;
    answer = `${found[at - 1]!.content}${gap.separator}${answer}`;
  }
  const around = (text.slice(0, found[at]!.from) + text.slice(last.to)).trim();
  return isWhole && around !== "" && around !== "." ? null : answer;
}
