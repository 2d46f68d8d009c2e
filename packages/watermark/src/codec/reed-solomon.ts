import { listOf, WatermarkError } from "../errors";

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
type Polynomial = Int32Array;

/** a · b, without the terms of degree `limit` and above. */
function multiplyPolynomials(
  { exp, log }: Field,
  a: Polynomial,
  b: Polynomial,
  limit = a.length + b.length - 1,
): Polynomial {
  const product = new Int32Array(Math.min(limit, a.length + b.length - 1));
  for (let i = 0; i < Math.min(a.length, product.length); i++) {
    if (a[i] === 0) continue;
    const logA = log[a[i]!]!;
    const end = Math.min(b.length, product.length - i);
    for (let j = 0; j < end; j++) if (b[j] !== 0) product[i + j]! ^= exp[logA + log[b[j]!]!]!;
  }
  return product;
}

/** The values at α^first, α^(first+1), …: computed together, so that no step waits for the one before. */
function evaluateAll(
  { exp, log, order }: Field,
  polynomial: Polynomial,
  first: number,
  count: number,
): Int32Array {
  const values = new Int32Array(count);
  for (let degree = 0; degree < polynomial.length; degree++) {
    if (polynomial[degree] === 0) continue;
    const step = degree % order;
    let power = (log[polynomial[degree]!]! + degree * first) % order;
    for (let i = 0; i < count; i++) {
      values[i]! ^= exp[power]!;
      power += step;
      if (power >= order) power -= order;
    }
  }
  return values;
}

/** Π (x·roots[i] + 1), lowest degree first. */
function locatorOf({ exp, log }: Field, roots: readonly number[]): Polynomial {
  const locator = new Int32Array(roots.length + 1);
  locator[0] = 1;
  roots.forEach((root, degree) => {
    const logRoot = log[root]!;
    for (let i = degree + 1; i > 0; i--)
      if (locator[i - 1] !== 0) locator[i]! ^= exp[log[locator[i - 1]!]! + logRoot]!;
  });
  return locator;
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
  listOf("rsEncode", "data", data);
  checkSize(data, data.length + checks, symbolBits);
  const field = fieldOf(symbolBits);
  // Π (x·α^i + 1) read backwards is Π (x + α^i).
  const roots = Array.from({ length: checks }, (_, i) => field.exp[i]!);
  const generator = locatorOf(field, roots);
  const remainder = new Int32Array(checks); // highest degree first
  for (let i = 0; i < data.length && checks; i++) {
    const factor = data[i]! ^ remainder[0]!;
    remainder.copyWithin(0, 1);
    remainder[checks - 1] = 0;
    for (let j = 0; j < checks; j++) remainder[j]! ^= field.multiply(factor, generator[j + 1]!);
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
      { fields: { max: order, got: length } },
    );
  for (let i = 0; i < symbols.length; i++)
    if (!(Number.isInteger(symbols[i]) && symbols[i]! >= 0 && symbols[i]! <= order))
      throw new WatermarkError("ERR_RANGE", `reedSolomon: symbol ${symbols[i]} at ${i}`, {
        fields: {
          max: order,
        },
      });
}

/** The Berlekamp-Massey algorithm, started from the erasure locator. */
function errorLocator(
  { exp, log, divide }: Field,
  syndromes: Polynomial,
  erasureLocator: Polynomial,
  erasures: number,
): Polynomial {
  const size = syndromes.length + 2;
  let locator = new Int32Array(size);
  locator.set(erasureLocator);
  let previous = locator.slice();
  let length = erasures;
  for (let i = erasures; i < syndromes.length; i++) {
    let discrepancy = 0;
    for (let j = 0; j <= i; j++)
      if (locator[j] !== 0 && syndromes[i - j] !== 0)
        discrepancy ^= exp[log[locator[j]!]! + log[syndromes[i - j]!]!]!;
    previous.copyWithin(1, 0);
    previous[0] = 0;
    if (!discrepancy) continue;
    const updated = locator.slice();
    const logFactor = log[discrepancy]!;
    for (let j = 0; j < size; j++)
      if (previous[j] !== 0) updated[j]! ^= exp[logFactor + log[previous[j]!]!]!;
    if (2 * length <= i + erasures) {
      length = i + 1 + erasures - length;
      previous = locator.map((value) => divide(value, discrepancy));
    }
    locator = updated;
  }
  return locator.slice(0, locator.findLastIndex((value) => value !== 0) + 1);
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
  listOf("rsDecode", "received", received);
  checkSize(received, received.length, symbolBits);
  const field = fieldOf(symbolBits);
  const { exp, order } = field;
  const symbols = Array.from(received);
  const n = symbols.length;
  const syndromesOf = (word: number[]) =>
    evaluateAll(field, Int32Array.from(word).reverse(), 0, checks);
  const syndromes = syndromesOf(symbols);
  if (syndromes.every((value) => value === 0)) return { symbols, corrected: [] };
  if (erasures.length > checks) return undefined;
  const erased = erasures.map((position) => exp[n - 1 - position]!);
  const erasureLocator = locatorOf(field, erased);
  const locator = errorLocator(field, syndromes, erasureLocator, erasures.length);
  const degree = locator.length - 1;
  if (2 * (degree - erasures.length) + erasures.length > checks) return undefined;
  const evaluator = multiplyPolynomials(field, syndromes, locator, checks);
  const derivative = locator.map((value, i) => (i % 2 ? value : 0)).slice(1);
  const first = order - (n - 1); // position i stands for X = alpha^(n - 1 - i)
  const [roots, slopes, sizes] = [locator, derivative, evaluator].map((polynomial) =>
    evaluateAll(field, polynomial, first, n),
  ) as [Int32Array, Int32Array, Int32Array];
  const corrected: number[] = [];
  for (let position = 0; position < n; position++) {
    if (roots[position] !== 0) continue;
    if (!slopes[position]) return undefined;
    // Forney, with roots from alpha^0: magnitude = X * evaluator(1/X) / derivative(1/X).
    const size = field.divide(sizes[position]!, slopes[position]!);
    const magnitude = field.multiply(size, exp[n - 1 - position]!);
    if (magnitude) corrected.push(position);
    symbols[position]! ^= magnitude;
  }
  return syndromesOf(symbols).every((value) => value === 0) ? { symbols, corrected } : undefined;
}
