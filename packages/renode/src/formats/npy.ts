import { listOf, RenodeError } from "../errors";

/** The supported element types, with NumPy's names. */
const descriptors = [
  [Float32Array, "<f4"],
  [Float64Array, "<f8"],
  [Int32Array, "<i4"],
] as const;

/** The header's length, with the ten bytes before it, is a multiple of this. */
const ALIGNMENT = 64;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]; // \x93NUMPY, version 1.0

/**
 * An array as the bytes of a `.npy` file, format 1.0: `numpy.load` reads it.
 *
 * @param data of shape `shape`, row-major
 * @param shape default [data.length]
 * @throws {RenodeError} `ERR_SHAPE` when the size of the shape differs from the length
 */
export function encodeNpy(
  data: Float32Array | Float64Array | Int32Array,
  shape: readonly number[] = [listOf("encodeNpy", "data", data).length],
): Uint8Array {
  const descr = descriptors.find(([type]) => data instanceof type)?.[1];
  if (descr === undefined)
    throw new RenodeError(
      "ERR_ARGUMENT",
      "renode/encodeNpy: data must be a Float32Array, a Float64Array or an Int32Array",
      { fields: { data } },
    );
  if (listOf("encodeNpy", "shape", shape).reduce((a, b) => a * b, 1) !== data.length)
    throw new RenodeError(
      "ERR_SHAPE",
      `renode/encodeNpy: shape [${shape}] does not hold ${data.length} numbers`,
      {
        fields: { shape, length: data.length },
      },
    );
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = MAGIC.length + 2;
  const padded = Math.ceil((start + fields.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(padded + data.byteLength);
  const header = `${fields.padEnd(padded - start - 1)}\n`;
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint16(MAGIC.length, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  const { BYTES_PER_ELEMENT: width } = data;
  for (const [i, value] of data.entries()) {
    const at = padded + i * width;
    if (descr === "<f4") view.setFloat32(at, value, true);
    else if (descr === "<f8") view.setFloat64(at, value, true);
    else view.setInt32(at, value, true);
  }
  return bytes;
}
