/**
 * @file Bytes of a GGUF file of version 3: the head with its key-value pairs and the table of tensors, and the elements.
 * @see the GGUF specification of ggml, docs/gguf.md
 */
import { type CompactType, toBfloat16, toBlocks, toFloat16 } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";

/** A value of the head with GGUF's type. */
export type TypedValue =
  | { readonly type: "uint32" | "float32"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "int32s" | "float32s"; readonly value: readonly number[] };

export const uint32 = (value: number): TypedValue => ({ type: "uint32", value });
export const float32 = (value: number): TypedValue => ({ type: "float32", value });
export const text = (value: string): TypedValue => ({ type: "string", value });
export const bool = (value: boolean): TypedValue => ({ type: "bool", value });

/** Types in which `saveGguf` stores any numbers. */
export type GgufType = "F32" | "F16" | "BF16" | "Q8_0" | "Q5_0" | "Q4_0";

/** Types in which files store tensors: those, and those of which blocks are written as they were read. */
export type StoredType =
  | GgufType
  | "Q4_1"
  | "Q5_1"
  | "IQ4_NL"
  | "Q2_K"
  | "Q3_K"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K"
  | "IQ4_XS";

/** GGML's numbers of element types, and their bytes per `block` elements. */
const elementTypes: Readonly<Record<StoredType, { number: number; block: number; bytes: number }>> =
  {
    F32: { number: 0, block: 1, bytes: 4 },
    F16: { number: 1, block: 1, bytes: 2 },
    Q4_0: { number: 2, block: 32, bytes: 18 },
    Q4_1: { number: 3, block: 32, bytes: 20 },
    Q5_0: { number: 6, block: 32, bytes: 22 },
    Q5_1: { number: 7, block: 32, bytes: 24 },
    Q8_0: { number: 8, block: 32, bytes: 34 },
    Q2_K: { number: 10, block: 256, bytes: 84 },
    Q3_K: { number: 11, block: 256, bytes: 110 },
    Q4_K: { number: 12, block: 256, bytes: 144 },
    Q5_K: { number: 13, block: 256, bytes: 176 },
    Q6_K: { number: 14, block: 256, bytes: 210 },
    IQ4_NL: { number: 20, block: 32, bytes: 18 },
    IQ4_XS: { number: 23, block: 256, bytes: 136 },
    BF16: { number: 30, block: 1, bytes: 2 },
  };

/** Whether a file's type is one of blocks. */
export const isBlockType = (type: string): type is StoredType =>
  Object.hasOwn(elementTypes, type) && elementTypes[type as StoredType].block > 1;

/** The types of files by those in which matrices are held as files have them. */
export const storedTypes: Readonly<Record<CompactType, StoredType>> = {
  bfloat16: "BF16",
  float16: "F16",
  int8: "Q8_0",
  q4_0: "Q4_0",
  q5_0: "Q5_0",
  q4_k: "Q4_K",
  q5_k: "Q5_K",
  q6_k: "Q6_K",
};

/** A tensor that a file will hold. */
export interface GgufEntry {
  readonly name: string;
  /** Row-major. */
  readonly shape: readonly number[];
  readonly type: StoredType;
}

const ALIGNMENT = 32;
const padded = (size: number) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

/** Bytes of a tensor's elements. */
export const elementBytes = ({ shape, type }: GgufEntry): number =>
  (shape.reduce((a, b) => a * b, 1) / elementTypes[type].block) * elementTypes[type].bytes;

/** Whether rows of a tensor are whole blocks of a type. */
export const fitsBlocks = (shape: readonly number[], type: StoredType): boolean =>
  shape.at(-1)! % elementTypes[type].block === 0;

/** Zeros that follow this many bytes of the data. */
export const paddingAfter = (size: number): Uint8Array => new Uint8Array(padded(size) - size);

/** GGUF's numbers of types of values; those of lists are followed by the type and the number of their items. */
const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, list: 9 } as const;

/** Collects little-endian numbers and texts. */
function byteWriter() {
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  const add = (numbers: Uint32Array | Int32Array | Float32Array | BigUint64Array): void => {
    parts.push(new Uint8Array(numbers.buffer));
  };
  const writer = {
    uint32: (value: number) => add(Uint32Array.of(value)),
    uint64: (value: number) => add(BigUint64Array.of(BigInt(value))),
    text(value: string) {
      const bytes = encoder.encode(value);
      writer.uint64(bytes.length);
      parts.push(bytes);
    },
    list(itemType: number, length: number) {
      writer.uint32(valueTypes.list);
      writer.uint32(itemType);
      writer.uint64(length);
    },
    value(typed: TypedValue) {
      switch (typed.type) {
        case "strings":
          writer.list(valueTypes.string, typed.value.length);
          for (const item of typed.value) writer.text(item);
          return;
        case "int32s":
          writer.list(valueTypes.int32, typed.value.length);
          return add(Int32Array.from(typed.value));
        case "float32s":
          writer.list(valueTypes.float32, typed.value.length);
          return add(Float32Array.from(typed.value));
      }
      writer.uint32(valueTypes[typed.type]);
      if (typed.type === "string") writer.text(typed.value);
      else if (typed.type === "bool") parts.push(Uint8Array.of(Number(typed.value)));
      else if (typed.type === "uint32") writer.uint32(typed.value);
      else add(Float32Array.of(typed.value));
    },
    /** All parts in one, padded. */
    whole(): Uint8Array {
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      const out = new Uint8Array(padded(size));
      let at = 0;
      for (const part of parts) {
        out.set(part, at);
        at += part.length;
      }
      return out;
    },
  };
  return writer;
}

/** The head of a file whose tensors follow in the order of `entries`, each padded to 32 bytes. */
export function ggufHead(
  values: ReadonlyMap<string, TypedValue>,
  entries: readonly GgufEntry[],
): Uint8Array {
  const writer = byteWriter();
  writer.uint32(0x46554747); // the letters GGUF
  writer.uint32(3);
  writer.uint64(entries.length);
  writer.uint64(values.size);
  for (const [key, value] of values) {
    writer.text(key);
    writer.value(value);
  }
  let offset = 0;
  for (const entry of entries) {
    writer.text(entry.name);
    writer.uint32(entry.shape.length);
    for (const size of [...entry.shape].reverse()) writer.uint64(size);
    writer.uint32(elementTypes[entry.type].number);
    writer.uint64(offset);
    offset += padded(elementBytes(entry));
  }
  return writer.whole();
}

/**
 * The elements of a tensor in its type, blocks of 32 as GGML's reference quantiser makes them.
 * @throws {LmError} `ERR_RANGE` naming a tensor with a number that the type cannot hold
 */
export function encodeElements({ name, type }: GgufEntry, data: Float32Array): Uint8Array {
  const limit = type === "F16" ? 65504 : Infinity;
  const isHeld = data.every((x) => Number.isFinite(x) && Math.abs(x) <= limit);
  const encoded = isHeld ? encode(type, data) : undefined;
  if (encoded) return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  throw new LmError("ERR_RANGE", `lm/saveGguf: ${name} must hold finite numbers within ${type}`, {
    fields: { name, type },
  });
}

function encode(type: StoredType, data: Float32Array): ArrayBufferView | undefined {
  switch (type) {
    case "F32":
      return data;
    case "F16":
      return toFloat16(data);
    case "BF16":
      return toBfloat16(data);
    case "Q8_0":
    case "Q5_0":
    case "Q4_0":
      return toBlocks(type, data);
    default:
      return undefined; // numbers do not become blocks of K types
  }
}
