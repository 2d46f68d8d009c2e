import type { Complete } from "../../complete";
/**
 * @file Weights as a safetensors file: 8 bytes of header length, a JSON header, the data. Implemented here so that the core needs
 * no tensor library. A federation sends only float32 tensors and raw bytes.
 * @see the format section of the safetensors documentation, https://huggingface.co/docs/safetensors
 */
import { FedError, having, mapOf } from "../../errors";
import type { NamedTensor } from "./named-tensors";

/** A file's content: tensors, raw bytes, and text by key. */
export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly blobs?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Writes tensors as F32 and blobs as U8 (both little-endian, as on every JavaScript platform).
 * @returns the file's bytes
 */
export function encodeSafetensors(content: SafetensorsContent): Uint8Array {
  const { tensors, blobs = new Map(), metadata } = having("encodeSafetensors", "content", content);
  mapOf("encodeSafetensors", "tensors", tensors);
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (name: string, dtype: string, shape: readonly number[], bytes: Uint8Array) => {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    parts.push(bytes);
  };
  for (const [name, { shape, data }] of tensors) add(name, "F32", shape, bytesOf(data));
  for (const [name, bytes] of blobs) add(name, "U8", [bytes.length], bytes);
  let text = new TextEncoder().encode(JSON.stringify(header));
  // Data start at a multiple of 8, as other writers do.
  if (text.length % 8 !== 0) {
    const padded = new Uint8Array(text.length + 8 - (text.length % 8)).fill(0x20);
    padded.set(text);
    text = padded;
  }
  const file = new Uint8Array(8 + text.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let offset = 8 + text.length;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

const fail = (problem: string, cause?: unknown): never => {
  throw new FedError("ERR_FORMAT", `fedlt/decodeSafetensors: the file ${problem}`, { cause });
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readHeader(file: Uint8Array): { header: Record<string, unknown>; begin: number } {
  if (file.length < 8) fail(`must have at least 8 bytes, got ${file.length}`);
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(file.length - 8))
    fail(`must hold a header of ${length} bytes, got ${file.length - 8}`);
  const begin = 8 + Number(length);
  try {
    const header: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, begin)),
    );
    return isObject(header) ? { header, begin } : fail("must have a header that is an object");
  } catch (cause) {
    return FedError.isInstance(cause)
      ? fail("must have a header that is an object")
      : fail("must have a header of JSON", cause);
  }
}

function entryOf(name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  const areCounts = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (
    (dtype !== "F32" && dtype !== "U8") ||
    !areCounts(shape) ||
    !areCounts(offsets) ||
    offsets.length !== 2
  )
    return fail(`must give ${name} the dtype F32 or U8, a shape and two offsets`);
  const [from, to] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, dtype === "F32" ? 4 : 1);
  if (to - from !== size) fail(`must give ${name} ${size} bytes, got ${to - from}`);
  return { dtype, shape, from, to };
}

/**
 * Reads a file of F32 and U8 tensors.
 * @returns copies: `file` may be reused
 * @throws {FedError} `ERR_FORMAT` when it breaks a rule of the format or has other element types
 */
export function decodeSafetensors(file: Uint8Array): Complete<SafetensorsContent> {
  const { header, begin } = readHeader(file);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string"))
    fail("must have metadata of strings only");
  const tensors = new Map<string, NamedTensor>();
  const blobs = new Map<string, Uint8Array>();
  let covered = 0;
  const described = Object.entries(entries).map(([name, entry]) => ({
    name,
    ...entryOf(name, entry),
  }));
  for (const { name, dtype, shape, from, to } of described.sort(
    (a, b) => a.from - b.from || a.to - b.to,
  )) {
    if (from !== covered) fail(`must not leave a hole or an overlap before ${name}`);
    covered = to;
    if (begin + to > file.length)
      fail(`must hold ${name} up to byte ${begin + to}, but ends at ${file.length}`);
    const bytes = new Uint8Array(file.subarray(begin + from, begin + to)); // a copy, also of Node's Buffer
    if (dtype === "U8") blobs.set(name, bytes);
    else tensors.set(name, { shape, data: new Float32Array(bytes.buffer) });
  }
  if (begin + covered !== file.length)
    fail(`must end with the last tensor at byte ${begin + covered}, got ${file.length}`);
  return { tensors, blobs, metadata: metadata as Record<string, string> };
}
