import { add, decimalToRational, divide, negate, type Rational, rational } from "./rational";
import { unicodeToLatex } from "./unicode-to-latex";

/** Marker of the answer in GSM8K's solutions. */
export const gsm8kMarker = "#### ";

/** Marker of the answer in MetaMath's and Math-Shepherd's solutions. */
export const metamathMarker = "The answer is: ";

/** The text after the last occurrence of the marker; undefined without one. */
export function afterMarker(text: string, marker: string): string | undefined {
  const at = text.lastIndexOf(marker);
  return at < 0 ? undefined : text.slice(at + marker.length);
}

/**
 * The answer as GSM8K's own script reads it: directly after the marker an optional minus sign, then a run of digits,
 * dots and commas; commas are deleted.
 *
 * @returns null without marker or number (the script's `[invalid]`)
 * @see Cobbe et al. 2021, released code
 */
export function extractGsm8k(text: string, marker = gsm8kMarker): string | null {
  const number = /^-?[\d.,]+/.exec(afterMarker(text, marker) ?? "")?.[0];
  return number === undefined ? null : number.replaceAll(",", "");
}

/** `$1,234.50 per egg` as `1234.50 per egg`: no currency, percent signs, thousands commas, LaTeX fractions or runs of spaces. */
function cleaned(text: string): string {
  return unicodeToLatex(text)
    .replace(/\\[dt]?frac *\{ *([\d.,]+) *\} *\{ *([\d.,]+) *\}/g, " $1/$2")
    .replace(/\\[,;:! ]|\{,\}/g, (space) => (space === "{,}" ? "," : ""))
    .replace(/\\?[$%€£]/g, "")
    .replace(/\s+/g, " ")
    .replace(/(\d),(?=\d{3}(?!\d))/g, "$1");
}

const numberPattern =
  /(?<sign>[-+]?) *(?:(?<whole>\d+) +(?=\d+\/\d))?(?<top>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?: *\/ *(?<bottom>\d+(?:\.\d*)?))?/;

/**
 * The first number of a text, cleaned of currency, percent signs, units and thousands commas: `18`, `1234.50`, `-3/4`,
 * `3 1/2`, `1e3`; Unicode and LaTeX fractions are read too.
 *
 * @returns null where there is none
 */
export function firstNumber(text: string): string | null {
  const match = numberPattern.exec(cleaned(text));
  if (!match) return null;
  const { sign, whole, top, bottom } = match.groups as Record<string, string | undefined>;
  const trimmed = top!.endsWith(".") ? top!.slice(0, -1) : top!;
  const value = bottom === undefined ? trimmed : `${trimmed}/${bottom}`;
  return `${sign === "-" ? "-" : ""}${whole === undefined ? "" : `${whole} `}${value}`;
}

/** The exact value of what `firstNumber` returns, undefined for a denominator of 0 or other text. */
export function numberValue(text: string): Rational | undefined {
  const match = /^(-?)(?:(\d+) )?([\d.]+(?:e[-+]?\d+)?)(?:\/([\d.]+))?$/i.exec(text);
  if (!match) return undefined;
  const [, sign, whole, top, bottom] = match;
  const [a, b] = [decimalToRational(top!), decimalToRational(bottom ?? "1")];
  const fraction = a && b && divide(a, b);
  if (!fraction) return undefined;
  const value = whole === undefined ? fraction : add(rational(BigInt(whole))!, fraction);
  return sign === "-" ? negate(value) : value;
}

/** Rounds half to even, as Python does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * The answer as MetaMath's evaluation reads it, including its faults: the first number in the text after the last
 * marker with at most one of `. , /` inside, `a/b` evaluated, rounded to an integer. So `1,234,567` gives 1234 and
 * `17.6` gives 18.
 *
 * @returns null where there is none
 * @see Yu et al. 2023 (MetaMath), released code
 */
export function extractMetamath(text: string, marker = metamathMarker): string | null {
  const number = /[-+]?\d*[.,/]?\d+/.exec(afterMarker(text, marker)?.trim() ?? "")?.[0];
  if (number === undefined) return null;
  const [top, bottom] = number.replaceAll(",", "").split("/");
  if (top === "") return null;
  const value = bottom === undefined || bottom === "0" ? Number(top) : Number(top) / Number(bottom);
  return Number.isFinite(value) ? String(roundHalfEven(value)) : null;
}
