import { WatermarkError } from "../error";

/** Primitive polynomials of GF(2^m), m = 2..12, as bit masks. */
const primitive: Record<number, number> = {
  2: 0x7,
  3: 0xb,
  4: 0x13,
  5: 0x25,
  6: 0x43,
  7: 0x89,
  8: 0x11d,
  9: 0x211,
  10: 0x409,
  11: 0x805,
  12: 0x1053,
};

interface Field {
  order: number;
  exp: Int32Array;
  log: Int32Array;
  multiply(a: number, b: number): number;
  divide(a: number, b: number): number;
}

const fields = new Map<number, Field>();

function makeField(m: number): Field {
  const order = 2 ** m - 1;
  const exp = new Int32Array(2 * order);
  const log = new Int32Array(order + 1);
  for (let i = 0, x = 1; i < order; i++) {
    exp[i] = x;
    exp[i + order] = x;
    log[x] = i;
    x <<= 1;
    if (x > order) x ^= primitive[m]!;
  }
  return {
    order,
    exp,
    log,
    multiply: (a, b) => (a && b ? exp[log[a]! + log[b]!]! : 0),
    divide: (a, b) => (a ? exp[log[a]! - log[b]! + order]! : 0),
  };
}

function fieldOf(m: number): Field {
  const field = fields.get(m) ?? makeField(m);
  fields.set(m, field);
  return field;
}

/** Polynomials hold their coefficients lowest degree first. */
type Polynomial = number[];

function multiplyPolynomials(field: Field, a: Polynomial, b: Polynomial): Polynomial {
  const product = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      product[i + j]! ^= field.multiply(x, y);
    });
  });
  return product;
}

function evaluate(field: Field, polynomial: Polynomial, x: number): number {
  let value = 0;
  for (let i = polynomial.length - 1; i >= 0; i--)
    value = field.multiply(value, x) ^ polynomial[i]!;
  return value;
}

/**
 * Appends `checks` Reed-Solomon check symbols to `data` (systematic code, roots alpha^0 onwards).
 *
 * @param data symbols, each in [0, 2^symbolBits)
 * @param checks number of check symbols; data plus checks must be at most 2^symbolBits - 1
 * @returns the data followed by the checks
 * @throws {WatermarkError} `ERR_RANGE` for symbols or lengths out of range
 * @see Reed and Solomon 1960
 */
export function rsEncode(data: ArrayLike<number>, checks: number, symbolBits: number): number[] {
  checkSize(data, data.length + checks, symbolBits);
  const field = fieldOf(symbolBits);
  let generator: Polynomial = [1];
  for (let i = 0; i < checks; i++)
    generator = multiplyPolynomials(field, generator, [field.exp[i]!, 1]);
  const remainder = new Array<number>(checks).fill(0); // highest degree first
  for (let i = 0; i < data.length; i++) {
    const factor = data[i]! ^ (remainder.shift() ?? 0);
    if (!checks) continue;
    remainder.push(0);
    for (let j = 0; j < checks; j++)
      remainder[j]! ^= field.multiply(factor, generator[checks - 1 - j]!);
  }
  return [...Array.from(data), ...remainder];
}

function checkSize(symbols: ArrayLike<number>, length: number, symbolBits: number): void {
  if (!primitive[symbolBits])
    throw new WatermarkError(
      "ERR_RANGE",
      `reedSolomon: symbolBits must be 2..12, got ${symbolBits}`,
    );
  const order = 2 ** symbolBits - 1;
  if (length > order)
    throw new WatermarkError(
      "ERR_RANGE",
      `reedSolomon: ${length} symbols of ${symbolBits} bits are more than ${order}`,
      { max: order, got: length },
    );
  for (let i = 0; i < symbols.length; i++)
    if (!(Number.isInteger(symbols[i]) && symbols[i]! >= 0 && symbols[i]! <= order))
      throw new WatermarkError("ERR_RANGE", `reedSolomon: symbol ${symbols[i]} at ${i}`, {
        max: order,
      });
}

/** Berlekamp-Massey, started from the erasure locator. */
function errorLocator(
  field: Field,
  syndromes: number[],
  erasureLocator: Polynomial,
  erasures: number,
): Polynomial {
  let locator = [...erasureLocator];
  let previous = [...erasureLocator];
  let length = erasures;
  for (let i = erasures; i < syndromes.length; i++) {
    let discrepancy = 0;
    for (let j = 0; j < locator.length && j <= i; j++)
      discrepancy ^= field.multiply(locator[j]!, syndromes[i - j]!);
    previous = [0, ...previous];
    if (!discrepancy) continue;
    const updated = locator.slice();
    previous.forEach((value, j) => {
      updated[j] = (updated[j] ?? 0) ^ field.multiply(discrepancy, value);
    });
    if (2 * length <= i + erasures) {
      length = i + 1 + erasures - length;
      previous = locator.map((value) => field.divide(value, discrepancy));
    }
    locator = updated;
  }
  while (locator.length > 1 && !locator.at(-1)) locator.pop();
  return locator;
}

/** A corrected word and the positions that were changed. */
export interface RsDecoded {
  symbols: number[];
  corrected: number[];
}

/**
 * Corrects a received word: e errors and f erasures as long as 2e + f is at most `checks`.
 *
 * @param received data and check symbols as `rsEncode` wrote them
 * @param checks number of check symbols
 * @param erasures positions known to be unreliable
 * @returns the corrected word, or `undefined` when it lies beyond the correction radius
 * @throws {WatermarkError} `ERR_RANGE` for symbols or lengths out of range
 * @see Berlekamp 1968; Forney 1965
 */
export function rsDecode(
  received: ArrayLike<number>,
  checks: number,
  symbolBits: number,
  erasures: readonly number[] = [],
): RsDecoded | undefined {
  checkSize(received, received.length, symbolBits);
  const field = fieldOf(symbolBits);
  const { exp, order } = field;
  const symbols = Array.from(received);
  const n = symbols.length;
  const syndromesOf = (word: number[]) => {
    const polynomial = word.toReversed();
    return Array.from({ length: checks }, (_, i) => evaluate(field, polynomial, exp[i]!));
  };
  const syndromes = syndromesOf(symbols);
  if (syndromes.every((value) => value === 0)) return { symbols, corrected: [] };
  if (erasures.length > checks) return undefined;
  let erasureLocator: Polynomial = [1];
  for (const position of erasures)
    erasureLocator = multiplyPolynomials(field, erasureLocator, [1, exp[n - 1 - position]!]);
  const locator = errorLocator(field, syndromes, erasureLocator, erasures.length);
  const degree = locator.length - 1;
  if (2 * (degree - erasures.length) + erasures.length > checks) return undefined;
  const evaluator = multiplyPolynomials(field, syndromes, locator).slice(0, checks);
  const derivative = locator.map((value, i) => (i % 2 ? value : 0)).slice(1);
  const corrected: number[] = [];
  for (let position = 0; position < n; position++) {
    const power = n - 1 - position;
    const inverse = exp[(order - (power % order)) % order]!;
    if (evaluate(field, locator, inverse) !== 0) continue;
    const slope = evaluate(field, derivative, inverse);
    if (!slope) return undefined;
    // Forney, with roots from alpha^0: magnitude = X * evaluator(1/X) / derivative(1/X).
    const size = field.divide(evaluate(field, evaluator, inverse), slope);
    const magnitude = field.multiply(size, exp[power % order]!);
    if (magnitude) corrected.push(position);
    symbols[position]! ^= magnitude;
  }
  return syndromesOf(symbols).every((value) => value === 0) ? { symbols, corrected } : undefined;
}
