import { TensorError } from "../errors";
import { type ByteSource, fillExactly, readExactly } from "./byte-source";
import {
  DTYPES,
  type DtypeReader,
  type FileDtype,
  type StoredDtype,
  type TensorData,
} from "./dtypes";
import type { NamedTensor } from "./named-tensors";
import type { TensorInfo } from "./safetensors-header";
import { toFloat32Exactly } from "./to-float32";

/** Options of one read. */
export interface ReadOptions {
  signal?: AbortSignal | undefined;
}

/** An open file, or several as one, from which tensors are read one at a time. */
export interface TensorFile {
  /** Names of all tensors, in the order of their data. */
  readonly names: readonly string[];
  /** Free text stored in the file, by key. */
  readonly metadata: Readonly<Record<string, string>>;
  has(name: string): boolean;
  /** Element type, shape and byte range, without reading data. */
  info(name: string): TensorInfo;
  /** Floats of at most 32 bits as float32, F64 as float64, U8 and BOOL as bytes, other integers as int32. */
  read(
    name: string,
    options?: ReadOptions,
  ): Promise<{ shape: readonly number[]; data: TensorData }>;
  /** Rows `begin` to `end` (exclusive) along the first axis; only their bytes are read. */
  readRows(
    name: string,
    begin: number,
    end: number,
    options?: ReadOptions,
  ): Promise<{ shape: readonly number[]; data: TensorData }>;
  /** Any element type as float32: integers must be exact in it, F64 is rounded. */
  readFloat32(name: string, options?: ReadOptions): Promise<NamedTensor>;
  /**
   * Reads the stored bytes from `offset` on directly into `target`, as many as it holds. `target` must not be memory
   * that may move during the read.
   */
  readInto(
    name: string,
    target: Uint8Array,
    options?: ReadOptions & { offset?: number | undefined },
  ): Promise<void>;
  /**
   * The stored bytes unchanged, little-endian. They can be viewed as any typed array, for example I64 as `BigInt64Array`.
   */
  readRaw(
    name: string,
    options?: ReadOptions,
  ): Promise<{ dtype: StoredDtype; shape: readonly number[]; bytes: Uint8Array }>;
  close(): Promise<void>;
}

/** Location of one tensor of a `TensorFile`. */
export interface TensorPlace extends TensorInfo {
  readonly source: ByteSource;
  /** How its elements are read, where its type is none of safetensors. */
  readonly reader?: DtypeReader | undefined;
}

const CHUNK_BYTES = 1 << 24; // Widening reads 16 MiB at a time, so the narrow form is never in memory as a whole.

/**
 * A `TensorFile` over tensors whose locations are known.
 *
 * @throws {TensorError} from its methods: `ERR_RANGE` for an unknown name, rows outside the tensor, or
 *   an integer that does not fit; `ERR_SHAPE` for rows of a scalar; `ERR_IO` when reading fails or after `close`
 */
export function tensorFile(
  places: ReadonlyMap<string, TensorPlace>,
  metadata: Readonly<Record<string, string>>,
  sources: readonly ByteSource[],
): TensorFile {
  let isOpen = true;
  const find = (name: string): TensorPlace => {
    const place = places.get(name);
    if (!isOpen)
      throw new TensorError("ERR_IO", "tensor-gpu/safetensors: the file is closed", {
        fields: { name },
      });
    if (place) return place;
    const message = `tensor-gpu/safetensors: name must be one of ${places.size} tensors, got ${name}`;
    throw new TensorError("ERR_RANGE", message, { fields: { name } });
  };
  const read: TensorFile["read"] = async (name, { signal } = {}) => {
    const place = find(name);
    return { shape: place.shape, data: await readElements(place, signal) };
  };
  return {
    names: [...places.keys()],
    metadata,
    has: (name) => places.has(name),
    info(name) {
      const { source: _source, reader: _reader, ...info } = find(name);
      return info;
    },
    read,
    async readRows(name, begin, end, { signal } = {}) {
      const rows = selectRows(name, find(name), begin, end);
      return { shape: rows.shape, data: await readElements(rows, signal) };
    },
    async readFloat32(name, options) {
      const { shape, data } = await read(name, options);
      return { shape, data: toFloat32Exactly(name, data) };
    },
    async readInto(name, target, { offset = 0, signal } = {}) {
      const { source, begin, end } = find(name);
      const isInside = Number.isSafeInteger(offset) && offset >= 0;
      if (!isInside || begin + offset + target.length > end)
        throw new TensorError(
          "ERR_RANGE",
          `tensor-gpu/readInto: ${name} has ${end - begin} bytes, asked for ${target.length} from ${offset} on`,
          { fields: { name, offset, byteLength: target.length } },
        );
      await fillExactly(source, begin + offset, target, signal);
    },
    async readRaw(name, { signal } = {}) {
      const { source, dtype, shape, begin, end } = find(name);
      return { dtype, shape, bytes: await readExactly(source, begin, end, signal) };
    },
    async close() {
      isOpen = false;
      for (const source of sources) await source.close?.();
    },
  };
}

function selectRows(name: string, place: TensorPlace, begin: number, end: number): TensorPlace {
  const [rows, ...rest] = place.shape;
  if (rows === undefined) {
    const message = `tensor-gpu/readRows: ${name} must have an axis, got a scalar`;
    throw new TensorError("ERR_SHAPE", message, { fields: { name, shape: place.shape } });
  }
  const areWhole = Number.isInteger(begin) && Number.isInteger(end);
  if (!areWhole || begin < 0 || begin > end || end > rows) {
    const message = `tensor-gpu/readRows: rows of ${name} must lie in 0..${rows}, got ${begin}..${end}`;
    throw new TensorError("ERR_RANGE", message, { fields: { name, begin, end, rows } });
  }
  const rowBytes = rows === 0 ? 0 : (place.end - place.begin) / rows;
  const at = { begin: place.begin + begin * rowBytes, end: place.begin + end * rowBytes };
  return { ...place, ...at, shape: [end - begin, ...rest] };
}

async function readElements(place: TensorPlace, signal?: AbortSignal): Promise<TensorData> {
  const { source, begin, end } = place;
  const reader = place.reader ?? DTYPES[place.dtype as FileDtype];
  if ("view" in reader) return reader.view(await readExactly(source, begin, end, signal));
  const out = reader.allocate((end - begin) / reader.sizeBytes);
  const step = CHUNK_BYTES - (CHUNK_BYTES % (reader.blockBytes ?? 1));
  for (let from = begin; from < end; from += step) {
    const bytes = await readExactly(source, from, Math.min(from + step, end), signal);
    reader.widen(bytes, out, (from - begin) / reader.sizeBytes);
  }
  return out;
}
