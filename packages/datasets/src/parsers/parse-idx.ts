import { DatasetsError, listOf } from "../errors";

/** Element types of the IDX format by their code. */
const elementTypes = {
  8: { name: "uint8", bytes: 1, array: Uint8Array, get: "getUint8" },
  9: { name: "int8", bytes: 1, array: Int8Array, get: "getInt8" },
  11: { name: "int16", bytes: 2, array: Int16Array, get: "getInt16" },
  12: { name: "int32", bytes: 4, array: Int32Array, get: "getInt32" },
  13: { name: "float32", bytes: 4, array: Float32Array, get: "getFloat32" },
  14: { name: "float64", bytes: 8, array: Float64Array, get: "getFloat64" },
} as const;

type ElementType = (typeof elementTypes)[keyof typeof elementTypes];

/** An array read from an IDX file. */
export interface IdxArray {
  readonly type: ElementType["name"];
  /** Length of each axis; the data are row-major. */
  readonly shape: readonly number[];
  readonly data: InstanceType<ElementType["array"]>;
}

const formatError = (message: string, fields: Record<string, unknown>) =>
  new DatasetsError("ERR_FORMAT", `datasets/parseIdx: ${message}`, { fields });

/**
 * Reads an IDX file, the format of the MNIST database: two zero bytes, a type code, the number of
 * axes, each axis's length as a big-endian 32-bit number, then the elements, big-endian, row-major.
 *
 * @param bytes the complete file, already decompressed
 * @returns a copy of the elements; `bytes` may be reused
 * @throws {DatasetsError} `ERR_FORMAT` when the header is not IDX or the size does not match it
 * @see LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats"
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  listOf("parseIdx", "bytes", bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw formatError("these are gzip data: unpack them first", {});
  const element = (elementTypes as Record<number, ElementType>)[bytes[2] ?? -1];
  const axes = bytes[3] ?? 0;
  const start = 4 + 4 * axes;
  if (bytes[0] !== 0 || bytes[1] !== 0 || !element || bytes.length < start)
    throw formatError("no IDX header", { header: [...bytes.subarray(0, 4)] });
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, length) => product * length, 1);
  const expected = start + count * element.bytes;
  if (bytes.length !== expected)
    throw formatError(
      `shape [${shape}] of ${element.name} needs ${expected} bytes, got ${bytes.length}`,
      {
        shape,
        expected,
        actual: bytes.length,
      },
    );
  const data = new element.array(count);
  for (let i = 0; i < count; i++) data[i] = view[element.get](start + i * element.bytes);
  return { type: element.name, shape, data };
}
