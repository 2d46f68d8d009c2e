import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { pathOf, readBytes } from "./read-bytes";

/** A colour picture and its class. */
export interface ColourImage {
  /** Class, counted from 0. */
  readonly label: number;
  readonly rows: number;
  readonly cols: number;
  /** Levels 0..255, shape [3, rows, cols]: red, green, blue. */
  readonly pixels: Uint8Array;
}

const side = 32;
const record = 1 + 3 * side * side;

/**
 * Returns the pictures of one file of CIFAR-10's binary version, such as `data_batch_1.bin`: records of a label byte and
 * 3,072 bytes of pixels.
 *
 * @returns pictures of 32 x 32 in file order; their pixels share one buffer
 * @throws {DatasetsError} `ERR_MISSING_FILE` when the file cannot be read, `ERR_FORMAT` when it does not consist of whole
 *   records or a label is above 9
 */
export async function cifarImages(
  path: string | URL,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ColourImage[]> {
  const { signal, ...rest } = optionsOf("cifarImages", options);
  refuseUnknown("cifarImages", rest);
  const file = await readBytes("cifarImages", path, signal);
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength); // of a Buffer, too
  const fail = (message: string) =>
    new DatasetsError("ERR_FORMAT", `datasets/cifarImages: ${message} in ${pathOf(path)}`, {
      fields: { path: pathOf(path) },
    });
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw fail(`need records of ${record} bytes, got ${bytes.length} bytes`);
  return Array.from({ length: bytes.length / record }, (_, i) => {
    const label = bytes[i * record]!;
    if (label > 9) throw fail(`the label of picture ${i} must be from 0 to 9, got ${label},`);
    const pixels = bytes.subarray(i * record + 1, (i + 1) * record);
    return { label, rows: side, cols: side, pixels };
  });
}
