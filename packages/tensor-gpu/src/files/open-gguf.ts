import { type Budget, type BudgetLimits, budgets } from "@deepgrain/support";
import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { sizeOf } from "../tensor/shape";
import { blockReaders } from "./block-readers";
import { isBlockDtype } from "./block-sizes";
import type { ByteSource } from "./byte-source";
import type { StoredDtype } from "./dtypes";
import type { GgufValue } from "./gguf-cursor";
import { type GgufPart, type GgufReading, openPart } from "./gguf-part";
import { openParts } from "./open-parts";
import type { Source, SourceOptions } from "./open-source";
import { type TensorFile, type TensorPlace, tensorFile } from "./tensor-file";

/** Published heads have up to 20 MB and 1.5 million values, most of them tokens. */
const limits: BudgetLimits = { bytes: 2 ** 28, entries: 2 ** 23 };

/** Options of `openGguf`. */
export type OpenGgufOptions = SourceOptions & {
  /**
   * Limits of the heads of the file's parts: by default 268,435,456 bytes and 8,388,608 entries (its keys, tensors and values of lists).
   */
  budget?: BudgetLimits | Budget | undefined;
};

/** An open GGUF file. */
export interface GgufFile extends TensorFile {
  /** All key-value pairs of its head; `metadata` holds those that are text. */
  readonly values: ReadonlyMap<string, GgufValue>;
  /** The same file with tensors renamed, changed and joined; closing either closes both. */
  withTensors(tensors: ReadonlyMap<string, GgufTensor | JoinedTensor>): TensorFile;
}

/** A float32 tensor computed from several in the file, when it is first read. */
export interface JoinedTensor {
  /** Names in the file. */
  readonly names: readonly string[];
  readonly shape: readonly number[];
  /** Its numbers, row-major, from those of the tensors in the order of `names`. */
  readonly join: (parts: readonly Float32Array[]) => Float32Array;
}

/** A tensor derived from one in the file. */
export interface GgufTensor {
  /** Its name in the file. */
  readonly name: string;
  /** Index of the matrix, where several are stacked in the file. Default: the whole tensor. */
  readonly index?: number | undefined;
  /** Another shape with the same number of elements. */
  readonly shape?: readonly number[] | undefined;
  /** For each row, its row in the file. Default: all in order. */
  readonly rowOf?: ((row: number) => number) | undefined;
  /** Added to each number, for float32 tensors only. Default 0. */
  readonly plus?: number | undefined;
}

/** A source of `size` bytes that are made on the first read. */
function madeSource(
  size: number,
  make: (signal: AbortSignal | undefined) => Promise<Uint8Array>,
): ByteSource {
  let made: Uint8Array | undefined;
  return {
    name: "GGUF",
    size,
    async read(from, to, signal) {
      made ??= await make(signal);
      const part = made.slice(from, to);
      if (to === size) made = undefined; // Only up to its end: the next tensor follows.
      return part;
    },
  };
}

/** A source over a tensor whose bytes are transformed on the first read. */
function changedSource(place: TensorPlace, change: (bytes: Uint8Array) => Uint8Array): ByteSource {
  const { source, begin, end } = place;
  return madeSource(end - begin, async (signal) =>
    change(new Uint8Array(await source.read(begin, end, signal))),
  );
}

function joinedPlace(file: TensorFile, { names, shape, join }: JoinedTensor): TensorPlace {
  const end = 4 * sizeOf(shape);
  const source = madeSource(end, async (signal) => {
    const parts: Float32Array[] = [];
    for (const name of names) parts.push((await file.readFloat32(name, { signal })).data);
    return new Uint8Array(join(parts).buffer);
  });
  return { dtype: "F32", shape, begin: 0, end, source };
}

function moveRows(rows: number, rowOf: (row: number) => number) {
  return (bytes: Uint8Array): Uint8Array => {
    const out = new Uint8Array(bytes.length);
    const size = bytes.length / rows;
    for (let row = 0; row < rows; row++) {
      const from = rowOf(row) * size;
      out.set(bytes.subarray(from, from + size), row * size);
    }
    return out;
  };
}

const addTo = (plus: number) => (bytes: Uint8Array) => {
  const numbers = new Float32Array(bytes.slice().buffer).map((value) => value + plus);
  return new Uint8Array(numbers.buffer);
};

function placeOf(file: ReadonlyMap<string, TensorPlace>, tensor: GgufTensor): TensorPlace {
  let place = file.get(tensor.name)!;
  if (tensor.index !== undefined) {
    const [count, ...shape] = place.shape as [number, ...number[]];
    if (!(tensor.index >= 0 && tensor.index < count))
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/openGguf: the index into ${tensor.name} must be below ${count}, got ${tensor.index}`,
        { fields: { name: tensor.name, index: tensor.index, count } },
      );
    const length = (place.end - place.begin) / count;
    const begin = place.begin + tensor.index * length;
    place = { ...place, shape, begin, end: begin + length };
  }
  if (tensor.shape && sizeOf(tensor.shape) === sizeOf(place.shape))
    place = { ...place, shape: tensor.shape };
  const changes = [
    tensor.rowOf && moveRows(place.shape[0]!, tensor.rowOf),
    tensor.plus && addTo(tensor.plus),
  ];
  for (const change of changes)
    if (change)
      place = {
        ...place,
        source: changedSource(place, change),
        begin: 0,
        end: place.end - place.begin,
      };
  return place;
}

const isList = (source: Source | readonly Source[]): source is readonly Source[] =>
  Array.isArray(source);

/** The files of a model: one, or its parts, of which less is loaded where there are none. */
async function partsOf(
  source: Source | readonly Source[],
  reading: GgufReading,
): Promise<readonly GgufPart[]> {
  const first = isList(source) ? undefined : await openPart(source, reading);
  if (first && !first.header.metadata.has("split.count")) return [first];
  return openParts(source, first, reading);
}

/** Where all tensors are, and how those in blocks are read. */
function placesIn(parts: readonly GgufPart[]): Map<string, TensorPlace> {
  const infos = parts.flatMap(({ header, source }) =>
    [...header.tensors].map(([name, info]) => [name, { ...info, source }] as const),
  );
  if (!infos.some(([, { dtype }]) => isBlockDtype(dtype))) return new Map(infos);
  const readerOf = (dtype: StoredDtype) => (isBlockDtype(dtype) ? blockReaders[dtype] : undefined);
  return new Map(infos.map(([name, info]) => [name, { ...info, reader: readerOf(info.dtype) }]));
}

/**
 * Opens a GGUF file: reads and checks its head, and reads data only on request. Of a file in parts
 * (`x-00001-of-00003.gguf`) the path or address of any is enough where the others are beside it.
 *
 * @param source path, address, `Blob`, bytes or reader; or a list of all parts, in any order
 * @returns the open file, shapes row-major (`[out, in]` for a matrix); call `close()` when done
 * @throws {TensorError} `ERR_FORMAT` when a file breaks a rule of the format, or parts are not those of one model;
 *   `ERR_DTYPE` naming a tensor in a type other than floats, integers, Q8_0, Q6_K, Q5_K, Q5_1, Q5_0, Q4_K, Q4_1, Q4_0, IQ4_XS, IQ4_NL, Q3_K and Q2_K; `ERR_LIMIT` when
 *   a head is beyond the budget; `ERR_IO` when a file cannot be read, naming a part that is missing
 * @see the GGUF specification of ggml, docs/gguf.md
 */
export async function openGguf(
  source: Source | readonly Source[],
  options: OpenGgufOptions = {},
): Promise<GgufFile> {
  const { signal, fetch, budget, ...rest } = optionsOf("openGguf", options);
  refuseUnknown("openGguf", rest);
  const own = budgets(TensorError)("openGguf", budget, limits);
  const parts = await partsOf(source, { fetch, signal, budget: own });
  const places = placesIn(parts);
  const sources = parts.map((part) => part.source);
  const values = parts[0]!.header.metadata;
  const metadata = Object.fromEntries(
    [...values].filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
  const file = tensorFile(places, metadata, sources);
  return {
    ...file,
    values,
    withTensors(wanted) {
      const changed = [...wanted].map(
        ([name, tensor]) =>
          [name, "join" in tensor ? joinedPlace(file, tensor) : placeOf(places, tensor)] as const,
      );
      return tensorFile(new Map(changed), metadata, sources);
    },
  };
}
