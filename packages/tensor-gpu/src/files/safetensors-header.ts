/**
 * @file The head of a safetensors file: 8 bytes of header length (little-endian, unsigned), then a JSON object
 * that gives each tensor's element type, shape and byte range. The ranges cover the rest of the file without
 * overlap and without holes.
 * @see the format section of the safetensors documentation, https://huggingface.co/docs/safetensors
 */
import { TensorError } from "../errors";
import { type ByteSource, readExactly } from "./byte-source";
import { DTYPES, type FileDtype, isFileDtype } from "./dtypes";

/** What a file says about one tensor. */
export interface TensorInfo {
  readonly dtype: FileDtype;
  readonly shape: readonly number[];
  /** Byte range of the data, counted from the start of the file; `end` is exclusive. */
  readonly begin: number;
  readonly end: number;
}

/** A header that passed every check. */
export interface SafetensorsHeader {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The largest header the format allows, in bytes. */
export const LARGEST_HEADER_BYTES = 100_000_000;

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
  const { __metadata__: metadata, ...described } = entries;
  const tensors = Object.entries(described).map(
    ([name, entry]) => [name, tensorInfo(name, entry, dataBegin, fail)] as const,
  );
  const inOrder = tensors.toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkLayout(inOrder, dataBegin, source.size, fail);
  return { tensors: new Map(inOrder), metadata: checkMetadata(metadata ?? {}, fail) };
}

type Fail = (problem: string, fields?: Record<string, unknown>, cause?: unknown) => never;

function failing(file: string): Fail {
  return (problem, fields = {}, cause) => {
    const message = `tensor-gpu/safetensors: ${file} ${problem}`;
    throw new TensorError("ERR_FORMAT", message, { file, ...fields }, cause);
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseJson(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  if (bytes[0] !== 0x7b) fail("must have a header that starts with {");
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    return fail("must have a header of valid JSON in UTF-8", {}, cause);
  }
  if (countColons(text) !== countKeys(value)) fail("must not name a key of its header twice");
  return value as Record<string, unknown>;
}

/** Colons outside strings: one for each key written, also for keys that `JSON.parse` dropped as repeated. */
function countColons(text: string): number {
  let count = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x22) isInString = !isInString;
    else if (isInString && character === 0x5c) i++;
    else if (!isInString && character === 0x3a) count++;
  }
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const children = Object.values(value).reduce((sum: number, child) => sum + countKeys(child), 0);
  return children + (Array.isArray(value) ? 0 : Object.keys(value).length);
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
    throw new TensorError("ERR_DTYPE", message, { name, dtype });
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
