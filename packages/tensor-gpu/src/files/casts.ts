/**
 * @file Casts between float32 and the 16-bit and 8-bit formats of model files, bit for bit as in PyTorch: rounded to
 * nearest, ties to even, subnormals kept. Codes are unsigned integers.
 */
import { assertKind, TensorError } from "../errors";
import { encodeSmallFloats, type SmallFloatFormat, smallFloatTable } from "./small-float";

const FLOAT16: SmallFloatFormat = {
  bits: 16,
  mantissaBits: 10,
  bias: 15,
  largest: 0x7bff,
  overflow: 0x7c00,
  nan: 0x7e00,
};
const E4M3FN: SmallFloatFormat = {
  bits: 8,
  mantissaBits: 3,
  bias: 7,
  largest: 0x7e,
  overflow: 0x7f,
  nan: 0x7f,
};
const E5M2: SmallFloatFormat = {
  bits: 8,
  mantissaBits: 2,
  bias: 15,
  largest: 0x7b,
  overflow: 0x7c,
  nan: 0x7f,
};

const tables = new Map<SmallFloatFormat, Float32Array>();

function encode<T extends Uint16Array | Uint8Array>(
  where: string,
  format: SmallFloatFormat,
  values: Float32Array,
  out: T,
): T {
  checkLengths(where, values.length, out.length);
  encodeSmallFloats(format, values, out);
  return out;
}

function decode(
  where: string,
  format: SmallFloatFormat,
  codes: Uint16Array | Uint8Array,
  out: Float32Array,
): Float32Array {
  checkLengths(where, codes.length, out.length);
  const table = tables.get(format) ?? smallFloatTable(format);
  tables.set(format, table);
  for (let i = 0; i < codes.length; i++) out[i] = table[codes[i]!]!;
  return out;
}

/** The length of numbers that must be a Float32Array. @throws {TensorError} `ERR_ARGUMENT` */
function lengthOf(where: string, values: Float32Array): number {
  assertKind(values instanceof Float32Array, where, "needs a Float32Array", values);
  return values.length;
}

function checkLengths(where: string, wanted: number, got: number): void {
  if (wanted === got) return;
  const message = `tensor-gpu/${where}: out must have ${wanted} elements (as the input), got ${got}`;
  throw new TensorError("ERR_SHAPE", message, { fields: { wanted, got } });
}

/**
 * Rounds float32 to bfloat16, the upper half of a float32. Values beyond the largest bfloat16 become infinity. A NaN
 * keeps its sign and upper payload and becomes quiet.
 *
 * @param values any numbers, shape [n]
 * @param out receives the codes, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 * @see Kalamkar et al. 2019, "A Study of BFLOAT16 for Deep Learning Training", section 3
 */
export function toBfloat16(
  values: Float32Array,
  out: Uint16Array = new Uint16Array(lengthOf("toBfloat16", values)),
): Uint16Array {
  assertKind(out instanceof Uint16Array, "toBfloat16", "needs a Uint16Array", out);
  checkLengths("toBfloat16", lengthOf("toBfloat16", values), out.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const isNotANumber = (word & 0x7fffffff) > 0x7f800000;
    out[i] = isNotANumber ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return out;
}

/**
 * Widens bfloat16 to float32, exactly.
 *
 * @param codes bit patterns, shape [n]
 * @param out receives the numbers, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 */
export function fromBfloat16(
  codes: Uint16Array,
  out: Float32Array = new Float32Array(codes.length),
): Float32Array {
  checkLengths("fromBfloat16", codes.length, out.length);
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < codes.length; i++) words[i] = codes[i]! << 16;
  return out;
}

/**
 * Rounds float32 to float16 (IEEE 754 binary16). Values from 65520 on become infinity.
 *
 * @param values any numbers, shape [n]
 * @param out receives the codes, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 */
export function toFloat16(
  values: Float32Array,
  out: Uint16Array = new Uint16Array(lengthOf("toFloat16", values)),
): Uint16Array {
  assertKind(out instanceof Uint16Array, "toFloat16", "needs a Uint16Array", out);
  return encode("toFloat16", FLOAT16, values, out);
}

/**
 * Widens float16 to float32, exactly.
 *
 * @param codes bit patterns, shape [n]
 * @param out receives the numbers, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 */
export function fromFloat16(
  codes: Uint16Array,
  out: Float32Array = new Float32Array(codes.length),
): Float32Array {
  return decode("fromFloat16", FLOAT16, codes, out);
}

/**
 * Rounds float32 to float8 E4M3FN: 4 exponent and 3 mantissa bits, no infinity, largest value 448.
 * Values that would round beyond 448 become NaN (code 0x7f); they do not saturate.
 *
 * @param values any numbers, shape [n]
 * @param out receives the codes, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 * @see Micikevicius et al. 2022, "FP8 Formats for Deep Learning", table 1
 */
export function toFloat8E4m3fn(
  values: Float32Array,
  out: Uint8Array = new Uint8Array(values.length),
): Uint8Array {
  return encode("toFloat8E4m3fn", E4M3FN, values, out);
}

/**
 * Widens float8 E4M3FN to float32, exactly.
 *
 * @param codes bit patterns, shape [n]
 * @param out receives the numbers, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 */
export function fromFloat8E4m3fn(
  codes: Uint8Array,
  out: Float32Array = new Float32Array(codes.length),
): Float32Array {
  return decode("fromFloat8E4m3fn", E4M3FN, codes, out);
}

/**
 * Rounds float32 to float8 E5M2: 5 exponent and 2 mantissa bits, largest finite value 57344, then infinity.
 *
 * @param values any numbers, shape [n]
 * @param out receives the codes, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 * @see Micikevicius et al. 2022, "FP8 Formats for Deep Learning", table 1
 */
export function toFloat8E5m2(
  values: Float32Array,
  out: Uint8Array = new Uint8Array(values.length),
): Uint8Array {
  return encode("toFloat8E5m2", E5M2, values, out);
}

/**
 * Widens float8 E5M2 to float32, exactly.
 *
 * @param codes bit patterns, shape [n]
 * @param out receives the numbers, shape [n]; new by default
 * @returns `out`
 * @throws {TensorError} `ERR_SHAPE` when `out` has another length
 */
export function fromFloat8E5m2(
  codes: Uint8Array,
  out: Float32Array = new Float32Array(codes.length),
): Float32Array {
  return decode("fromFloat8E5m2", E5M2, codes, out);
}
