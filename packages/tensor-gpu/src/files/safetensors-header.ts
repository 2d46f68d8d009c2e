/**
 * @file The head of a safetensors file: 8 bytes of header length (little-endian, unsigned), then a JSON object
 * that gives each tensor's element type, shape and byte range. The ranges cover the rest of the file without overlaps
 * or gaps.
 * @see the format section of the safetensors documentation, https://huggingface.co/docs/safetensors
 */
import { TensorError } from "../errors";
import { type ByteSource, readExactly } from "./byte-source";
import { DTYPES, isFileDtype, type StoredDtype } from "./dtypes";

/** The header entry of one tensor. */
export interface TensorInfo {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** Byte range of the data, counted from the start of the file; `end` is exclusive. */
  readonly begin: number;
  readonly end: number;
}

/** A header that passed every check. */
export interface SafetensorsHeader {
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The largest header the format allows, in bytes. */
export const LARGEST_HEADER_BYTES = 100_000_000;

/** The maximum number of tensors per file; the largest published models have about 200,000 in all their files together. */
const LARGEST_TENSOR_COUNT = 400_000;

/**
 * Reads and checks the header of a safetensors file.
 *
 * @param source the whole file
 * @throws {TensorError} `ERR_FORMAT` when the file breaks a rule of the format, `ERR_DTYPE` when it uses an
 *   element type unknown here, `ERR_IO` when reading fails
 */
export async function readSafetensorsHeader(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<SafetensorsHeader> {
  const fail = failing(source.name ?? "source");
  if (source.size < 8) fail(`must have at least 8 bytes, got ${source.size}`);
  const lengthBytes = await readExactly(source, 0, 8, signal);
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true);
  if (length > LARGEST_HEADER_BYTES)
    fail(`must have a header of at most ${LARGEST_HEADER_BYTES} bytes, got ${length}`);
  const dataBegin = 8 + Number(length);
  if (dataBegin > source.size)
    fail(`must hold a header of ${length} bytes, got ${source.size - 8}`);
  const entries = parseJson(await readExactly(source, 8, dataBegin, signal), fail);
  const inOrder: (readonly [string, TensorInfo])[] = [];
  for (const name in entries)
    if (name !== "__metadata__")
      inOrder.push([name, tensorInfo(name, entries[name], dataBegin, fail)]);
  inOrder.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkLayout(inOrder, dataBegin, source.size, fail);
  return { tensors: new Map(inOrder), metadata: checkMetadata(entries.__metadata__ ?? {}, fail) };
}

type Fail = (problem: string, fields?: Record<string, unknown>, cause?: unknown) => never;

function failing(file: string): Fail {
  return (problem, fields = {}, cause) => {
    const message = `tensor-gpu/safetensors: ${file} ${problem}`;
    throw new TensorError("ERR_FORMAT", message, { fields: { file, ...fields }, cause });
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseJson(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  if (bytes[0] !== 0x7b) fail("must have a header that starts with {");
  const written = countWritten(bytes);
  if (written.depth > DEEPEST_HEADER)
    fail(`must have a header of at most ${DEEPEST_HEADER} levels, got ${written.depth}`);
  if (written.objects > LARGEST_TENSOR_COUNT + 2)
    fail(`must hold at most ${LARGEST_TENSOR_COUNT} tensors, got about ${written.objects - 1}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    return fail("must have a header of valid JSON in UTF-8", {}, cause);
  }
  if (written.keys !== countKeys(value)) fail("must not name a key of its header twice");
  return value as Record<string, unknown>;
}

const DEEPEST_HEADER = 8; // names, descriptions and shapes: three levels

/**
 * Counts keys, objects and nesting levels as written, including repeated keys that `JSON.parse` drops, from the
 * punctuation outside strings.
 */
function countWritten(bytes: Uint8Array): { keys: number; objects: number; depth: number } {
  let [keys, objects, level, depth] = [0, 0, 0, 0];
  let isInString = false;
  for (let i = 0; i < bytes.length; i++) {
    const character = bytes[i]!;
    if (character === 0x22) isInString = !isInString;
    else if (isInString) {
      if (character === 0x5c) i++;
    } else if (character === 0x3a) keys++;
    else if (character === 0x7b || character === 0x5b) {
      if (character === 0x7b) objects++;
      depth = Math.max(depth, ++level);
    } else if (character === 0x7d || character === 0x5d) level--;
  }
  return { keys, objects, depth };
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const child of value) count += countKeys(child);
  else for (const key in value) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  return count;
}

function checkMetadata(metadata: unknown, fail: Fail): Record<string, string> {
  const isText = isObject(metadata) && Object.values(metadata).every((v) => typeof v === "string");
  return isText ? (metadata as Record<string, string>) : fail("must have metadata of strings only");
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function tensorInfo(name: string, entry: unknown, dataBegin: number, fail: Fail): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (typeof dtype !== "string") fail(`must give ${name} a dtype`, { name });
  if (!isFileDtype(dtype)) {
    const known = Object.keys(DTYPES).join(", ");
    const message = `tensor-gpu/safetensors: the dtype of ${name} must be one of ${known}, got ${dtype}`;
    throw new TensorError("ERR_DTYPE", message, { fields: { name, dtype } });
  }
  if (!Array.isArray(shape) || !shape.every(isCount))
    return fail(`must give ${name} a shape of whole numbers`, { name, shape });
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return fail(`must give ${name} two data offsets`, { name, offsets });
  const [begin, end] = offsets as [number, number];
  const wanted = shape.reduce((product, size) => product * size, DTYPES[dtype].sizeBytes);
  if (!Number.isSafeInteger(wanted) || end - begin !== wanted)
    fail(`must give ${name} (${dtype} [${shape}]) ${wanted} bytes, got ${end - begin}`, { name });
  return { dtype, shape, begin: dataBegin + begin, end: dataBegin + end };
}

function checkLayout(
  inOrder: readonly (readonly [string, TensorInfo])[],
  dataBegin: number,
  size: number,
  fail: Fail,
): void {
  let covered = dataBegin;
  let before = "the header";
  for (const [name, { begin, end }] of inOrder) {
    if (begin < covered) fail(`must not let ${name} overlap ${before}`, { name, before });
    if (begin > covered)
      fail(`must not leave a hole between ${before} and ${name}`, { name, before });
    if (end > size)
      fail(`must hold ${name} up to byte ${end}, but ends at ${size}`, { name, size });
    covered = end;
    before = name;
  }
  if (covered !== size) fail(`must end with the last tensor at byte ${covered}, got ${size} bytes`);
}
