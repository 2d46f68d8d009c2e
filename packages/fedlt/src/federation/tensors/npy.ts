/** @file One tensor as a NumPy `.npy` file, the form of arrays in Flower's messages (stype `numpy.ndarray`). */
import { FedError } from "../../errors";
import type { NamedTensor } from "./named-tensors";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

function encode(descr: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The header ends with a newline at a multiple of 64 bytes.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + length + bytes.length);
  file.set([...MAGIC, 1, 0, length & 255, length >> 8]);
  file.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  file.set(bytes, 10 + length);
  return file;
}

/** Writes a float32 array in C order, format version 1.0. */
export function encodeNpy({ shape, data }: NamedTensor): Uint8Array {
  return encode("<f4", shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** Writes bytes as an array of uint8. */
export function encodeNpyBytes(bytes: Uint8Array): Uint8Array {
  return encode("|u1", [bytes.length], bytes);
}

const fail = (problem: string): never => {
  throw new FedError("ERR_FORMAT", `fedlt/decodeNpy: the file ${problem}`);
};

/**
 * Reads an array of float32, float64 (rounded) or uint8 in C order, as NumPy's `save` writes them.
 * @returns a float tensor, or bytes for uint8
 * @throws {FedError} `ERR_FORMAT`
 */
export function decodeNpy(file: Uint8Array): NamedTensor | Uint8Array {
  if (!MAGIC.every((byte, i) => file[i] === byte) || file.length < 12)
    fail("must start with the magic of NumPy");
  const isFirstVersion = file[6] === 1;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const begin = isFirstVersion ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  const header = new TextDecoder().decode(file.subarray(isFirstVersion ? 10 : 12, begin));
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || tuple === undefined || !header.includes("'fortran_order': False"))
    return fail("must have a header with descr, shape and C order");
  const shape = tuple.split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)]));
  const sizes: Record<string, number> = { "<f4": 4, "<f8": 8, "|u1": 1 };
  const elementBytes = sizes[descr] ?? fail(`must hold float32, float64 or uint8, got ${descr}`);
  const size = shape.reduce((product, n) => product * n, 1);
  if (file.length - begin !== size * elementBytes)
    fail(`must hold ${size * elementBytes} bytes of data, got ${file.length - begin}`);
  const bytes = new Uint8Array(file.subarray(begin)); // a copy, also of Node's Buffer
  if (descr === "|u1") return bytes;
  const data =
    descr === "<f4"
      ? new Float32Array(bytes.buffer)
      : Float32Array.from(new Float64Array(bytes.buffer));
  return { shape, data };
}
