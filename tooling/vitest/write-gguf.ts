/** @file Writes small GGUF files for tests. */
export interface GgufToWrite {
  name: string;
  /** Row-major. */
  shape: readonly number[];
  /** GGML's number: 0 F32, 1 F16, 8 Q8_0, 30 BF16. */
  type: number;
  bytes: Uint8Array;
}

type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | { readonly float32: number };

const ALIGNMENT = 32;

class Bytes {
  private readonly parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  uint32(value: number): this {
    return this.add(new Uint8Array(Uint32Array.of(value).buffer));
  }

  uint64(value: number): this {
    return this.add(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.uint64(bytes.length).add(bytes);
  }

  /** Whole numbers become uint32 unless they are marked, others float32. */
  value(value: Value): this {
    if (typeof value === "object" && "float32" in value)
      return this.uint32(6).add(new Uint8Array(Float32Array.of(value.float32).buffer));
    if (typeof value === "string") return this.uint32(8).text(value);
    if (typeof value === "boolean") return this.uint32(7).add(Uint8Array.of(Number(value)));
    if (typeof value === "number")
      return this.uint32(Number.isInteger(value) ? 4 : 6).number(value);
    const isText = typeof value[0] === "string";
    const isWhole = value.every(Number.isInteger);
    this.uint32(9)
      .uint32(isText ? 8 : isWhole ? 5 : 6)
      .uint64(value.length);
    for (const item of value) {
      if (isText) this.text(item as string);
      else if (isWhole) this.add(new Uint8Array(Int32Array.of(item as number).buffer));
      else this.add(new Uint8Array(Float32Array.of(item as number).buffer));
    }
    return this;
  }

  number(value: number): this {
    if (Number.isInteger(value)) return this.uint32(value);
    return this.add(new Uint8Array(Float32Array.of(value).buffer));
  }

  pad(): this {
    return this.add(new Uint8Array((ALIGNMENT - (this.length % ALIGNMENT)) % ALIGNMENT));
  }

  whole(): Uint8Array {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** A GGUF file of version 3. */
export function writeGguf(
  values: Readonly<Record<string, Value>>,
  tensors: readonly GgufToWrite[],
): Uint8Array {
  const file = new Bytes().uint32(0x46554747).uint32(3).uint64(tensors.length);
  file.uint64(Object.keys(values).length);
  for (const [key, value] of Object.entries(values)) file.text(key).value(value);
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    file.text(name).uint32(shape.length);
    for (const size of [...shape].reverse()) file.uint64(size);
    file.uint32(type).uint64(offset);
    offset += Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
  }
  file.pad();
  for (const { bytes } of tensors) file.add(bytes).pad();
  return file.whole();
}

/**
 * The same in parts, as llama.cpp's gguf-split writes them: all values in the first, the tensors spread over all.
 * @returns the parts by their names
 */
export function writeGgufParts(
  stem: string,
  values: Readonly<Record<string, Value>>,
  tensors: readonly GgufToWrite[],
  count: number,
): Map<string, Uint8Array> {
  const digits = (n: number) => String(n).padStart(5, "0");
  const share = Math.ceil(tensors.length / count);
  return new Map(
    Array.from({ length: count }, (_, i) => {
      const own = {
        ...(i === 0 && values),
        "split.no": i,
        "split.count": count,
        "split.tensors.count": tensors.length,
      };
      const name = `${stem}-${digits(i + 1)}-of-${digits(count)}.gguf`;
      return [name, writeGguf(own, tensors.slice(i * share, (i + 1) * share))];
    }),
  );
}

/** The bytes of numbers as float32. */
export const f32Bytes = (numbers: ArrayLike<number>): Uint8Array =>
  new Uint8Array(Float32Array.from(numbers).buffer);

/** A float16 of a number that has one. */
const toHalf = (x: number): number => {
  const bits = new Uint32Array(Float32Array.of(x).buffer)[0]!;
  if (x < 2 ** -14) return Math.round(x * 2 ** 24);
  return ((bits - 0x38000000) >>> 13) + ((bits >>> 12) & 1);
};

/** Numbers, a multiple of 32, as blocks of Q8_0. */
export function q8Blocks(numbers: Float32Array): Uint8Array {
  const out = new Uint8Array((numbers.length / 32) * 34);
  const view = new DataView(out.buffer);
  for (let block = 0; block < numbers.length / 32; block++) {
    const part = numbers.subarray(32 * block, 32 * block + 32);
    const scale = part.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127;
    view.setUint16(34 * block, toHalf(scale), true);
    for (const [i, x] of part.entries())
      view.setInt8(34 * block + 2 + i, scale > 0 ? Math.round(x / scale) : 0);
  }
  return out;
}
