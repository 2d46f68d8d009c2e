/**
 * @file Conversion between float32 and floating-point formats of at most 16 bits, on the bit patterns.
 * A format has sign, exponent and mantissa as in IEEE 754; only the highest codes differ between formats.
 */

/** A binary format narrower than float32; codes are given without the sign bit. */
export interface SmallFloatFormat {
  /** Width of a code in bits, 8 or 16. */
  readonly bits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** Code of the largest finite value. */
  readonly largest: number;
  /** Code of values beyond the largest: infinity, or NaN in formats without infinity. */
  readonly overflow: number;
  readonly nan: number;
}

const FLOAT32_BIAS = 127;
const FLOAT32_MANTISSA_BITS = 23;

/**
 * Writes the code of every value, rounded to nearest with ties to even; subnormals are kept.
 *
 * @param format target format
 * @param values numbers to round, any float32
 * @param codes receives the codes, at least as long as `values`
 */
export function encodeSmallFloats(
  { bits, mantissaBits, bias, largest, overflow, nan }: SmallFloatFormat,
  values: Float32Array,
  codes: Uint16Array | Uint8Array,
): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  const drop = FLOAT32_MANTISSA_BITS - mantissaBits;
  const rebias = (FLOAT32_BIAS - bias) << FLOAT32_MANTISSA_BITS;
  const smallestNormal = rebias + (1 << FLOAT32_MANTISSA_BITS);
  const nearlyHalf = (1 << (drop - 1)) - 1;
  const signShift = 32 - bits;
  const signBit = 1 << (bits - 1);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const magnitude = word & 0x7fffffff;
    let code: number;
    if (magnitude >= smallestNormal) {
      // A carry out of the mantissa moves into the exponent, which is what rounding up means.
      code = (magnitude - rebias + nearlyHalf + ((magnitude >>> drop) & 1)) >>> drop;
      if (code > largest) code = magnitude > 0x7f800000 ? nan : overflow;
    } else {
      code = roundSubnormal(magnitude, drop, rebias);
    }
    codes[i] = code | ((word >>> signShift) & signBit);
  }
}

/** The code of a magnitude below the format's smallest normal number: a multiple of its smallest step. */
function roundSubnormal(magnitude: number, drop: number, rebias: number): number {
  const exponent = magnitude >>> FLOAT32_MANTISSA_BITS;
  const shift = drop + 1 + (rebias >>> FLOAT32_MANTISSA_BITS) - exponent;
  if (shift > FLOAT32_MANTISSA_BITS + 2) return 0; // below half the smallest step
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const code = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (code & 1) === 1) ? code + 1 : code;
}

/**
 * The value of every code of a format, indexed by code.
 *
 * @param format the format to list
 * @returns float32 values, shape [2^bits]; exact, because float32 holds every value of a smaller format
 */
export function smallFloatTable(format: SmallFloatFormat): Float32Array {
  const { bits, mantissaBits, bias, largest, overflow, nan } = format;
  const signBit = 1 << (bits - 1);
  const table = new Float32Array(1 << bits);
  for (let code = 0; code < signBit; code++) {
    const exponent = code >>> mantissaBits;
    const fraction = (code & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
    let value =
      exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
    if (code > largest) value = code === overflow && overflow !== nan ? Infinity : Number.NaN;
    table[code] = value;
    table[code | signBit] = -value;
  }
  return table;
}
