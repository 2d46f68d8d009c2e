/** The multiples of a step in a range of decimals, in units of 10^−scale. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
  readonly scale: number;
  readonly step: bigint;
}

const power = (exponent: number) => 10n ** BigInt(exponent);

/** The beginning of a decimal. */
interface Beginning {
  /** Smallest and largest value without the sign; empty if smallest is above largest. */
  readonly least: bigint;
  readonly most: bigint;
  /** Digits before the point. */
  readonly whole: string;
  /** Digits after it, undefined without a point. */
  readonly fraction: string | undefined;
}

function beginningOf({ low, high }: Range, text: string): Beginning {
  const isNegative = text.startsWith("-");
  const [whole = "", fraction] = text.replace("-", "").split(".");
  if (isNegative) return { least: high < -1n ? -high : 1n, most: -low, whole, fraction };
  return { least: low > 0n ? low : 0n, most: high, whole, fraction };
}

/** The larger of two numbers. */
const above = (a: bigint, b: bigint) => (a > b ? a : b);
const below = (a: bigint, b: bigint) => (a < b ? a : b);

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a, b];
  while (small > 0n) [large, small] = [small, large % small];
  return large;
}

/** The smallest number that is a multiple of both. */
export const commonMultiple = (a: bigint, b: bigint): bigint => (a / greatestDivisor(a, b)) * b;

/** Whether a multiple of two units lies between two numbers that are not negative. */
function hasMultiple(from: bigint, to: bigint, unit: bigint, step: bigint): boolean {
  const both = step === 1n ? unit : commonMultiple(unit, step);
  return from <= to && ((from + both - 1n) / both) * both <= to;
}

/**
 * The fewest characters that complete a decimal; Infinity if nothing does.
 * @param text what stands: a sign, digits, a point
 */
export function shortestDecimal(range: Range, text: string): number {
  const { scale, step: multiple } = range;
  const { least, most, whole, fraction } = beginningOf(range, text);
  if (whole === "") {
    const next = least <= most ? Array.from("0123456789") : [];
    if (text === "") next.push("-");
    return 1 + Math.min(...next.map((one) => shortestDecimal(range, text + one)));
  }
  if (least > most) return Infinity;
  const unit = power(scale);
  if (fraction !== undefined) {
    const length = fraction.length;
    if (length > scale) return Infinity;
    const step = power(scale - length);
    const value = BigInt(whole) * unit + BigInt(fraction || "0") * step;
    for (let end = Math.max(1, length); end <= scale; end++) {
      const [from, to] = [above(value, least), below(value + step - 1n, most)];
      if (hasMultiple(from, to, power(scale - end), multiple)) return end - length;
    }
    return Infinity;
  }
  const longest = whole === "0" ? 0 : Math.max(0, String(most / unit).length - whole.length);
  let best = Infinity;
  for (let more = 0; more <= longest; more++) {
    const value = BigInt(whole) * power(more) * unit;
    const [from, to] = [above(value, least), below(value + power(more) * unit - 1n, most)];
    for (let end = 0; end <= scale; end++)
      if (hasMultiple(from, to, power(scale - end), multiple)) {
        best = Math.min(best, more + (end === 0 ? 0 : end + 1));
        break;
      }
  }
  return best;
}

/** Whether one more character can stand after the beginning of a decimal. */
export function continuesDecimal(range: Range, text: string, character: string): boolean {
  const digits = text.replace("-", "");
  if (character === "-") return text === "" && shortestDecimal(range, "-") < Infinity;
  if (character === ".")
    return (
      range.scale > 0 &&
      digits !== "" &&
      !digits.includes(".") &&
      shortestDecimal(range, `${text}.`) < Infinity
    );
  if (digits === "0") return false;
  return shortestDecimal(range, text + character) < Infinity;
}
