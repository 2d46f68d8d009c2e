/**
 * @file Bytes of a GGUF file of version 3: the head with its key-value pairs and the table of tensors, and the elements.
 * @see the GGUF specification of ggml, docs/gguf.md
 */
import { toBfloat16, toFloat16 } from "@deepgrain/tensor-gpu";
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

/** Types in which `saveGguf` stores matrices. */
export type GgufType = "F32" | "F16" | "BF16" | "Q8_0";

/** GGML's numbers of element types, and their bytes per `block` elements. */
const elementTypes = {
  F32: { number: 0, block: 1, bytes: 4 },
  F16: { number: 1, block: 1, bytes: 2 },
  Q8_0: { number: 8, block: 32, bytes: 34 },
  BF16: { number: 30, block: 1, bytes: 2 },
} as const;

/** A tensor that a file will hold. */
export interface GgufEntry {
  readonly name: string;
  /** Row-major. */
  readonly shape: readonly number[];
  readonly type: GgufType;
}

const ALIGNMENT = 32;
const padded = (size: number) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

/** Bytes of a tensor's elements. */
export const elementBytes = ({ shape, type }: GgufEntry): number =>
  (shape.reduce((a, b) => a * b, 1) / elementTypes[type].block) * elementTypes[type].bytes;

/** Whether rows of a tensor are whole blocks of a type. */
export const fitsBlocks = (shape: readonly number[], type: GgufType): boolean =>
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

/** Blocks of 32 bytes around zero, with the float16 scale largest / 127, as GGML's reference quantiser makes them. */
function q8Blocks(data: Float32Array): Uint8Array {
  const { block, bytes } = elementTypes.Q8_0;
  const count = data.length / block;
  const scales = new Float32Array(count);
  const out = new Uint8Array(count * bytes);
  for (let b = 0; b < count; b++) {
    let largest = 0;
    for (let i = 0; i < block; i++) largest = Math.max(largest, Math.abs(data[b * block + i]!));
    scales[b] = largest / 127;
    const inverse = largest === 0 ? 0 : Math.fround(1 / scales[b]!);
    for (let i = 0; i < block; i++) {
      const x = Math.fround(data[b * block + i]! * inverse);
      out[b * bytes + 2 + i] = Math.sign(x) * Math.floor(Math.abs(x) + 0.5); // halves away from zero
    }
  }
  const codes = toFloat16(scales);
  for (let b = 0; b < count; b++) {
    out[b * bytes] = codes[b]! & 255;
    out[b * bytes + 1] = codes[b]! >> 8;
  }
  return out;
}

/**
 * The elements of a tensor in its type.
 * @throws {LmError} `ERR_RANGE` naming a tensor with a number that the type cannot hold
 */
export function encodeElements({ name, type }: GgufEntry, data: Float32Array): Uint8Array {
  const limit = type === "F16" ? 65504 : type === "Q8_0" ? 127 * 65504 : Infinity;
  const isHeld = data.every((x) => Number.isFinite(x) && Math.abs(x) <= limit);
  if (!isHeld)
    throw new LmError("ERR_RANGE", `lm/saveGguf: ${name} must hold finite numbers within ${type}`, {
      fields: { name, type },
    });
  if (type === "Q8_0") return q8Blocks(data);
  const numbers = type === "F32" ? data : type === "F16" ? toFloat16(data) : toBfloat16(data);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
