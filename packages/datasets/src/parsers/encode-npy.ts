/** Bytes of an element. */
const widths = { "<i8": 8, "<f4": 4, "<f8": 8, "|b1": 1 } as const;

/** An element type of NumPy. */
export type NpyType = keyof typeof widths;

/** The header's length, with the ten bytes before it, is a multiple of this. */
const ALIGNMENT = 64;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]; // \x93NUMPY, version 1.0

const writers: Readonly<Record<NpyType, (view: DataView, at: number, value: number) => void>> = {
  "<i8": (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  "<f4": (view, at, value) => view.setFloat32(at, value, true),
  "<f8": (view, at, value) => view.setFloat64(at, value, true),
  "|b1": (view, at, value) => view.setUint8(at, value),
};

/**
 * The bytes of a `.npy` file, format 1.0, as `numpy.save` writes it.
 *
 * @param data row-major; whole numbers for `<i8`, 0 and 1 for `|b1`
 * @see NumPy enhancement proposal 1, "A simple file format for NumPy arrays"
 */
export function encodeNpy(
  data: ArrayLike<number>,
  type: NpyType,
  shape: readonly number[],
): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const text = MAGIC.length + 2;
  const start = Math.ceil((text + fields.length + 1) / ALIGNMENT) * ALIGNMENT;
  const width = widths[type];
  const bytes = new Uint8Array(start + data.length * width);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(MAGIC.length, start - text, true);
  bytes.set(new TextEncoder().encode(`${fields.padEnd(start - text - 1)}\n`), text);
  const write = writers[type];
  for (let i = 0; i < data.length; i++) write(view, start + i * width, data[i]!);
  return bytes;
}
