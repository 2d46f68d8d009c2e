import { longestExpression } from "./expression";
import { latexToPlain } from "./latex-to-plain";

const units =
  "degree|cm|centimeter|meter|mile|second|minute|hour|day|week|month|year|foot|feet|inch|yard";
const unitPattern = new RegExp(`(?:${units})(?:es)?(?:s)? *(?:\\^[0-9]+)?`, "g");

/** `1,234,567` as `1234567`; other commas are kept. */
const withoutThousands = (text: string): string => text.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");

const isPlainNumber = (text: string) =>
  /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(text.trim());

/** True for a number within 10⁻⁷ of an integer, thousands commas allowed. */
export function isWholeNumber(text: string): boolean {
  const plain = withoutThousands(text);
  return isPlainNumber(plain) && Math.abs(Number(plain) - Math.round(Number(plain))) <= 1e-7;
}

const wholeNumber = (text: string): string => {
  const plain = withoutThousands(text).trim();
  return /^[-+]?\d+$/.test(plain)
    ? `${BigInt(plain.replace("+", ""))}`
    : `${Math.trunc(Number(plain))}`;
};

/** Unifies equivalent wordings: currency, conjunctions, large numbers, units. */
function withoutWording(text: string): string {
  return text
    .replace(/^\\text\{(.+?)\}$/s, "$1")
    .replaceAll("\\%", "%")
    .replaceAll("\\$", "$")
    .replace(/[$%]/g, "")
    .replaceAll(" or ", " , ")
    .replaceAll(" and ", " , ")
    .replaceAll("million", "*10^6")
    .replaceAll("billion", "*10^9")
    .replaceAll("trillion", "*10^12")
    .replace(unitPattern, "")
    .replace(/\^ *\\circ/g, "")
    .replace(/\^ *\{ *\\circ *\}/g, "");
}

/**
 * PRM800K's second normal form: no units, currency or braces, LaTeX as plain text, mixed numbers as sums, lower case.
 * @see Lightman et al. 2023 (PRM800K), released grader
 */
export function prm800kNormalForm(answer: string): string {
  let text = withoutWording(answer);
  if (text.startsWith("{") && text.endsWith("}")) text = text.slice(1, -1);
  text = text.replace(/,\\! */g, "");
  if (isPlainNumber(text) && isWholeNumber(text)) text = String(Math.round(Number(text)));
  if (text.includes("\\") && text.length <= longestExpression) text = latexToPlain(text);
  text = text
    .replace(/- */g, "-")
    .replace(/(\d) +(\d)/g, "$1+$2")
    .replace(/[ {}]/g, "")
    .toLowerCase();
  return isWholeNumber(text) ? wholeNumber(text) : text;
}

const brackets = "()[]";

/** The elements of a tuple or interval; otherwise the whole text. */
export function tupleElements(text: string): string[] {
  const plain = withoutThousands(text);
  if (plain === "") return [];
  const inner = plain.slice(1, -1);
  const isTuple =
    plain.length > 2 &&
    brackets.includes(plain[0]!) &&
    brackets.includes(plain.at(-1)!) &&
    ![...inner].some((character) => brackets.includes(character));
  return isTuple ? inner.split(",").map((element) => element.trim()) : [plain];
}
