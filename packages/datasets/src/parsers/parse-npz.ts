import { DatasetsError } from "../errors";
import { type NpyArray, parseNpy } from "./parse-npy";
import { unpack, zipEntries } from "./zip-entries";

/**
 * Reads a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write it: a zip archive of `.npy` files. No more is
 * unpacked than the archive's directory says, and not beyond the limit.
 *
 * @param bytes the complete file
 * @param maxBytes most bytes of all arrays together, unpacked
 * @returns the arrays by name, without `.npy`
 * @throws {DatasetsError} `ERR_FORMAT` for a damaged archive, an array that does not fit into memory, a checksum that does not match, two arrays of one name, more
 *   bytes than the limit, or what `parseNpy` refuses
 */
export async function parseNpz(
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Map<string, NpyArray>> {
  const entries = zipEntries(bytes).filter(({ name }) => name.endsWith(".npy"));
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes)
    throw new DatasetsError(
      "ERR_FORMAT",
      `datasets/parseNpzGraph: the arrays take ${total} bytes unpacked, at most ${maxBytes} are read`,
      { fields: { total, maxBytes } },
    );
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const name = entry.name.slice(0, -".npy".length);
    if (arrays.has(name))
      throw new DatasetsError(
        "ERR_FORMAT",
        `datasets/parseNpzGraph: there are two arrays ${name}`,
        {
          fields: { name },
        },
      );
    try {
      arrays.set(name, parseNpy(await unpack(entry)));
    } catch (error) {
      if (error instanceof RangeError)
        throw new DatasetsError(
          "ERR_FORMAT",
          `datasets/parseNpzGraph: ${name} is too large for the memory of this machine`,
          { fields: { name }, cause: error },
        );
      if (!DatasetsError.isInstance(error)) throw error;
      const message = error.message.replace(
        /^datasets\/parseNpy: /,
        `datasets/parseNpzGraph: ${name}: `,
      );
      throw new DatasetsError("ERR_FORMAT", message, {
        fields: { ...error.fields, name },
        cause: error,
      });
    }
  }
  return arrays;
}
