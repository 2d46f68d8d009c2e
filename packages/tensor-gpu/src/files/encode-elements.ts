import { TensorError } from "../errors";
import { toBfloat16, toFloat8E4m3fn, toFloat8E5m2, toFloat16 } from "./casts";
import type { TensorData } from "./dtypes";

/** Element types that can be written. */
export type WriteDtype =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "I64"
  | "I32"
  | "U8"
  | "BOOL";

/** Arrays that can be written: what reading returns, and 64-bit integers. */
export type WriteData = TensorData | BigInt64Array;

type Encoder = (data: WriteData) => ArrayBufferView | undefined;

const CHUNK_ELEMENTS = 1 << 20;

const asItLies =
  (list: { new (length: number): WriteData }): Encoder =>
  (data) =>
    data instanceof list ? data : undefined;

const cast =
  (to: (values: Float32Array) => ArrayBufferView): Encoder =>
  (data) =>
    data instanceof Float32Array ? to(data) : undefined;

const ENCODERS: Readonly<Record<WriteDtype, Encoder>> = {
  F64: asItLies(Float64Array),
  F32: asItLies(Float32Array),
  F16: cast(toFloat16),
  BF16: cast(toBfloat16),
  F8_E4M3: cast(toFloat8E4m3fn),
  F8_E5M2: cast(toFloat8E5m2),
  I64: (data) => (data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : bigints(data)),
  I32: asItLies(Int32Array),
  U8: asItLies(Uint8Array),
  BOOL: asItLies(Uint8Array),
};

const bigints = asItLies(BigInt64Array);

/** The default dtype for writing: floats as `floats`, all others unchanged. */
export function naturalDtype(data: WriteData, floats: WriteDtype): WriteDtype {
  if (data instanceof Float32Array) return floats;
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Int32Array) return "I32";
  return data instanceof Uint8Array ? "U8" : "I64";
}

/**
 * Yields the stored bytes of a tensor piece by piece. Narrowing holds one piece of 2^20 elements at a time.
 *
 * @param name tensor name for error messages
 * @throws {TensorError} `ERR_DTYPE` when the array cannot be stored as `dtype`, `ERR_RANGE` when a number cannot be
 *   represented: a finite one beyond the type's range, or an infinity in a type that has none
 */
export function* encodeElements(
  name: string,
  dtype: WriteDtype,
  data: WriteData,
): Generator<Uint8Array> {
  const limit = LIMITS[dtype];
  for (let begin = 0; begin < data.length; begin += CHUNK_ELEMENTS) {
    const chunk = data.subarray(begin, begin + CHUNK_ELEMENTS);
    const encoded = ENCODERS[dtype](chunk);
    if (encoded === undefined) {
      const message = `tensor-gpu/safetensors: ${name} cannot be written as ${dtype} from ${data.constructor.name}`;
      throw new TensorError("ERR_DTYPE", message, { fields: { name, dtype } });
    }
    if (limit !== undefined) checkRange(name, dtype, chunk as Float32Array, limit);
    yield new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  }
}

interface Limit {
  /** The largest magnitude that still rounds to a finite value. */
  readonly largest: number;
  readonly hasInfinity: boolean;
}

const LIMITS: Partial<Record<WriteDtype, Limit>> = {
  F16: { largest: 65519.99609375, hasInfinity: true },
  BF16: { largest: 3.396177326406364e38, hasInfinity: true },
  F8_E4M3: { largest: 464, hasInfinity: false },
  F8_E5M2: { largest: 61439.99609375, hasInfinity: true },
};

function checkRange(name: string, dtype: string, values: Float32Array, limit: Limit): void {
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (!(magnitude > limit.largest) || (magnitude === Infinity && limit.hasInfinity)) continue;
    const message = `tensor-gpu/safetensors: ${name} must fit in ${dtype}, got ${values[i]}`;
    throw new TensorError("ERR_RANGE", message, { fields: { name, dtype, value: values[i] } });
  }
}
