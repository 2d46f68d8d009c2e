import { TensorError } from "../errors";
import { fromBfloat16, fromFloat8E4m3fn, fromFloat8E5m2, fromFloat16 } from "./casts";

/** Element types of the safetensors format that this package knows. */
export type FileDtype =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** Element types of files of any format: those of safetensors, and the blocks of GGUF files. */
export type StoredDtype = FileDtype | BlockDtype;

/** GGML's blocks of several numbers that can be widened to float32. */
export type BlockDtype =
  | "Q8_0"
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "IQ4_NL"
  | "Q2_K"
  | "Q3_K"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K"
  | "IQ4_XS";

/**
 * The data of a tensor that was read: floats of up to 32 bits as float32, F64 as float64, U8 and BOOL as bytes, other
 * integers as int32.
 */
export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** How a stored element type becomes a typed array: as stored, or element by element into a wider type. */
export type DtypeReader = {
  /** Bytes per element in the file. */
  readonly sizeBytes: number;
  /** Bytes per block, where a block has more than one element. */
  readonly blockBytes?: number | undefined;
  /** Elements per block; 1 without `blockBytes`. */
  readonly blockSize?: number | undefined;
} & (
  | { readonly view: (bytes: Uint8Array) => TensorData }
  | {
      readonly allocate: (length: number) => TensorData;
      /** Writes the elements of `bytes` to `out` from index `at` on. */
      readonly widen: (bytes: Uint8Array, out: TensorData, at: number) => void;
    }
);

type ArrayOf<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

const elements = <T>(list: ArrayOf<T> & { BYTES_PER_ELEMENT: number }, bytes: Uint8Array): T =>
  new list(bytes.buffer, bytes.byteOffset, bytes.length / list.BYTES_PER_ELEMENT);

/** A reader of elements that become float32. @param sizeBytes per element; of blocks a fraction */
export const toFloat32 = (
  sizeBytes: number,
  cast: (bytes: Uint8Array, out: Float32Array) => unknown,
): DtypeReader => ({
  sizeBytes,
  allocate: (length) => new Float32Array(length),
  widen: (bytes, out, at) =>
    cast(bytes, (out as Float32Array).subarray(at, at + bytes.length / sizeBytes)),
});

type NarrowIntegers = Int8Array | Int16Array | Uint16Array;
type WideIntegers = Uint32Array | BigInt64Array | BigUint64Array;

const toInt32 = (
  list: ArrayOf<NarrowIntegers | WideIntegers> & { BYTES_PER_ELEMENT: number },
): DtypeReader => ({
  sizeBytes: list.BYTES_PER_ELEMENT,
  allocate: (length) => new Int32Array(length),
  widen(bytes, out, at) {
    const values = elements(list, bytes);
    for (let i = 0; i < values.length; i++) {
      const value = Number(values[i]);
      if (value !== (value | 0)) throw tooWide(values[i]!, at + i);
      out[at + i] = value;
    }
  },
});

function tooWide(value: number | bigint, index: number): TensorError {
  const message = `tensor-gpu/safetensors: integers must fit in 32 bits to be read as int32, got ${value} at ${index}; use readRaw`;
  return new TensorError("ERR_RANGE", message, { fields: { value, index } });
}

/** Readers by element type of the safetensors format. The format is little-endian, so the machine must be too. */
export const DTYPES: Readonly<Record<FileDtype, DtypeReader>> = {
  F64: { sizeBytes: 8, view: (bytes) => elements(Float64Array, bytes) },
  F32: { sizeBytes: 4, view: (bytes) => elements(Float32Array, bytes) },
  F16: toFloat32(2, (bytes, out) => fromFloat16(elements(Uint16Array, bytes), out)),
  BF16: toFloat32(2, (bytes, out) => fromBfloat16(elements(Uint16Array, bytes), out)),
  F8_E4M3: toFloat32(1, fromFloat8E4m3fn),
  F8_E5M2: toFloat32(1, fromFloat8E5m2),
  I64: toInt32(BigInt64Array),
  I32: { sizeBytes: 4, view: (bytes) => elements(Int32Array, bytes) },
  I16: toInt32(Int16Array),
  I8: toInt32(Int8Array),
  U64: toInt32(BigUint64Array),
  U32: toInt32(Uint32Array),
  U16: toInt32(Uint16Array),
  U8: { sizeBytes: 1, view: (bytes) => bytes },
  BOOL: { sizeBytes: 1, view: (bytes) => bytes },
};

/** True for element types of the safetensors format. */
export const isFileDtype = (value: unknown): value is FileDtype =>
  typeof value === "string" && Object.hasOwn(DTYPES, value);
