import { DatasetsError } from "../errors";

/** An array of NumPy. */
export interface NpyArray {
  /** Its element type there: `<i8`, `<f4`, `|b1`, … */
  readonly dtype: string;
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Row-major; 0 and 1 for booleans. */
  readonly data: Float32Array | Float64Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

type Read = (view: DataView, at: number, little: boolean) => number;

/** How elements are read, by kind and bytes. */
const readers: Readonly<Record<string, Read>> = {
  b1: (view, at) => Number(view.getUint8(at) !== 0),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

const fail = (message: string, fields: Record<string, unknown> = {}): never => {
  throw new DatasetsError("ERR_FORMAT", `datasets/parseNpy: ${message}`, { fields });
};

/** The header's dictionary, and where the elements begin. */
function headerOf(bytes: Uint8Array, view: DataView) {
  if (bytes.length < 12 || !MAGIC.every((byte, i) => bytes[i] === byte))
    fail("no array of NumPy: the file must begin with \\x93NUMPY");
  const isFirst = bytes[6] === 1;
  const text = isFirst ? 10 : 12;
  const start = text + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) fail("the header is cut off");
  const header = new TextDecoder().decode(bytes.subarray(text, start));
  const dtype = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const isColumnMajor = /'fortran_order':\s*True/.test(header);
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (dtype === undefined || tuple === undefined)
    return fail("the header must have descr, fortran_order and shape; records are not read");
  const shape = tuple.split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)]));
  return { dtype, shape, isColumnMajor, start };
}

/** A matrix whose columns came one after another, row by row. */
function transposed<T extends Float32Array | Float64Array>(
  columns: T,
  shape: readonly number[],
): T {
  const [rows = 0, cols = 0] = shape;
  const out = columns.slice() as T;
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) out[row * cols + col] = columns[col * rows + row]!;
  return out;
}

/**
 * Reads a `.npy` file: booleans, whole numbers and floats in both byte orders; whole numbers beyond 2^53 are rounded.
 *
 * @param bytes the complete file
 * @returns a copy of the elements: float32 for float32, else float64
 * @throws {DatasetsError} `ERR_FORMAT` for a damaged file, another element type (Python objects are never read), a size that
 *   does not match, or column-major data of more than two axes
 * @see NumPy enhancement proposal 1, "A simple file format for NumPy arrays"
 */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { dtype, shape, isColumnMajor, start } = headerOf(bytes, view);
  const [order, kind] = [dtype[0]!, dtype.slice(1)];
  const read = /[<>|=]/.test(order) && Object.hasOwn(readers, kind) ? readers[kind]! : undefined;
  if (!read)
    return fail(`elements must be booleans, whole numbers or floats, got ${dtype}`, { dtype });
  const size = Number(kind[1]);
  const count = shape.reduce((product, length) => product * length, 1);
  if (bytes.length - start !== count * size)
    fail(
      `shape (${shape.join(", ")}) of ${dtype} needs ${count * size} bytes, got ${bytes.length - start}`,
      {
        shape,
      },
    );
  const data = kind === "f4" ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = read(view, start + i * size, order !== ">");
  if (!isColumnMajor || shape.length < 2 || count === 0) return { dtype, shape, data };
  if (shape.length > 2) fail("column-major arrays of more than two axes are not read", { shape });
  return { dtype, shape, data: transposed(data, shape) };
}
