/**
 * @file The head of a GGUF file (versions 2 and 3): key-value pairs, then a table of tensors, whose aligned data follow.
 * @see the GGUF specification of ggml, docs/gguf.md
 */
import type { Budget } from "@deepgrain/support";
import { TensorError } from "../errors";
import { readerOf } from "./block-dtypes";
import { type ByteSource, readExactly } from "./byte-source";
import type { StoredDtype } from "./dtypes";
import { GgufCursor, type GgufValue, NEEDS_MORE } from "./gguf-cursor";
import type { TensorInfo } from "./safetensors-header";

/** A head that passed every check. */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In the order of the table, shapes row-major. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const MAGIC = 0x46554747;
const FIRST_BYTES = 1 << 20;
const MOST_TENSORS = 400_000;
const MOST_PAIRS = 100_000;
const MOST_AXES = 8;

/** Names of GGML's element types by number; those that can be read are of `StoredDtype`. */
const typeNames: Readonly<Record<number, string>> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  6: "Q5_0",
  7: "Q5_1",
  8: "Q8_0",
  9: "Q8_1",
  10: "Q2_K",
  11: "Q3_K",
  12: "Q4_K",
  13: "Q5_K",
  14: "Q6_K",
  15: "Q8_K",
  16: "IQ2_XXS",
  17: "IQ2_XS",
  18: "IQ3_XXS",
  19: "IQ1_S",
  20: "IQ4_NL",
  21: "IQ3_S",
  22: "IQ2_S",
  23: "IQ4_XS",
  24: "I8",
  25: "I16",
  26: "I32",
  27: "I64",
  28: "F64",
  29: "IQ1_M",
  30: "BF16",
  34: "TQ1_0",
  35: "TQ2_0",
  39: "MXFP4",
};

const floats = [
  ...["F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K", "Q5_1", "Q5_0", "Q4_K", "Q4_1", "Q4_0"],
  ...["IQ4_XS", "IQ4_NL", "Q3_K", "Q2_K"],
];
const readable = [...floats, "F64", "I8", "I16", "I32", "I64"];

type Fail = (problem: string, fields?: Record<string, unknown>) => never;

/** The table entry of one tensor, before its byte range is known. */
interface Entry {
  name: string;
  shape: number[];
  dtype: StoredDtype;
  offset: number;
}

function readEntry(cursor: GgufCursor, fail: Fail): Entry {
  const name = cursor.text();
  const axes = cursor.uint32();
  if (axes > MOST_AXES) fail(`${name} must have at most ${MOST_AXES} axes, got ${axes}`, { name });
  const sizes = Array.from({ length: axes }, () => cursor.count());
  const type = cursor.uint32();
  const offset = cursor.count();
  const typeName = typeNames[type] ?? `type ${type}`;
  if (!readable.includes(typeName))
    throw new TensorError(
      "ERR_DTYPE",
      `tensor-gpu/openGguf: ${name} is stored as ${typeName}; convert the file to one of ${floats.join(", ")}, such as Q4_K_M or Q4_0 by llama.cpp's llama-quantize`,
      { fields: { name, dtype: typeName } },
    );
  return { name, shape: sizes.reverse(), dtype: typeName as StoredDtype, offset };
}

/** Byte range of a tensor's data. */
function placeOf({ name, shape, dtype, offset }: Entry, dataBegin: number, fail: Fail): TensorInfo {
  const { sizeBytes, blockSize = 1 } = readerOf(dtype);
  const size = shape.reduce((a, b) => a * b, 1);
  if ((shape.at(-1) ?? 1) % blockSize !== 0)
    fail(`${name}: rows of ${dtype} must be whole blocks of ${blockSize}, got ${shape.at(-1)}`, {
      name,
    });
  const length = size * sizeBytes;
  if (!Number.isSafeInteger(length)) fail(`${name} has too many elements`, { name, shape });
  const begin = dataBegin + offset;
  return { dtype, shape, begin, end: begin + length };
}

function checkPlaces(tensors: ReadonlyMap<string, TensorInfo>, size: number, fail: Fail): void {
  let last: { name: string; end: number } | undefined;
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin)) {
    if (end > size)
      fail(`${name} must lie inside the file's ${size} bytes, but ends at ${end}`, { name });
    if (last && begin < last.end) fail(`${name} and ${last.name} must not overlap`, { name });
    last = { name, end };
  }
}

function parse(
  bytes: Uint8Array,
  size: number,
  fail: Fail,
  spendEntries: (count: number) => void,
): GgufHeader {
  const cursor = new GgufCursor(bytes, bytes.length === size, fail, spendEntries);
  if (cursor.uint32() !== MAGIC) fail("must begin with the letters GGUF");
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) fail(`must be of version 2 or 3, got ${version}`);
  const count = cursor.count();
  const pairs = cursor.count();
  if (count > MOST_TENSORS) fail(`must hold at most ${MOST_TENSORS} tensors, got ${count}`);
  if (pairs > MOST_PAIRS) fail(`must hold at most ${MOST_PAIRS} key-value pairs, got ${pairs}`);
  spendEntries(count + pairs);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < pairs; i++) {
    const key = cursor.text();
    metadata.set(key, cursor.value(key, cursor.uint32()));
  }
  const entries = Array.from({ length: count }, () => readEntry(cursor, fail));
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || alignment < 1 || !Number.isInteger(Math.log2(alignment)))
    fail(`general.alignment must be a power of two, got ${String(alignment)}`);
  const dataBegin = Math.ceil(cursor.at / (alignment as number)) * (alignment as number);
  const tensors = new Map<string, TensorInfo>();
  for (const entry of entries) {
    if (tensors.has(entry.name)) fail(`${entry.name} must occur once`, { name: entry.name });
    tensors.set(entry.name, placeOf(entry, dataBegin, fail));
  }
  checkPlaces(tensors, size, fail);
  return { metadata, tensors };
}

/** Counts what a reading from the beginning meets, once however often it begins anew. */
function countedOnce(budget: Budget): () => (count: number) => void {
  let most = 0;
  return () => {
    let own = 0;
    return (count) => {
      own += count;
      if (own <= most) return;
      budget.spendEntries(own - most);
      most = own;
    };
  };
}

/**
 * Reads and checks the head of a GGUF file.
 *
 * @param source the whole file
 * @param options.budget bytes of the head, and entries: its keys, tensors and values of lists
 * @throws {TensorError} `ERR_FORMAT` when the file breaks a rule of the format, naming the tensor or key; `ERR_DTYPE`
 *   naming a tensor whose quantisation is not supported; `ERR_LIMIT`; `ERR_IO` when reading fails
 */
export async function readGgufHeader(
  source: ByteSource,
  { signal, budget }: { signal?: AbortSignal | undefined; budget: Budget },
): Promise<GgufHeader> {
  const fail: Fail = (problem, fields = {}) => {
    const name = source.name ?? "source";
    throw new TensorError("ERR_FORMAT", `tensor-gpu/openGguf: ${name}: ${problem}`, { fields });
  };
  const counted = countedOnce(budget);
  // The format does not state the length of the head.
  for (let length = FIRST_BYTES, before = 0; ; length *= 4) {
    const wanted = Math.min(length, source.size);
    budget.spendBytes(wanted - before);
    before = wanted;
    const bytes = await readExactly(source, 0, wanted, signal);
    try {
      return parse(bytes, source.size, fail, counted());
    } catch (error) {
      if (error !== NEEDS_MORE) throw error;
    }
    await budget.turn(signal);
  }
}
