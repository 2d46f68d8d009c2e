import { DatasetsError, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import { type NpyArray, parseNpy } from "./parse-npy";
import { unpack, zipEntries } from "./zip-entries";

/**
 * Reads a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write it: a zip archive of `.npy` files. No more is
 * unpacked than the archive's directory says, and not beyond the limit.
 *
 * @param bytes the complete file
 * @param options.maxBytes most bytes of all arrays together, unpacked. Default 1 GiB
 * @returns the arrays by name, without `.npy`
 * @throws {DatasetsError} `ERR_FORMAT` for a damaged archive, a checksum that does not match, two arrays of one name, more
 *   bytes than the limit, or what `parseNpy` refuses
 */
export async function parseNpz(
  bytes: Uint8Array,
  options: { maxBytes?: number | undefined } = {},
): Promise<Map<string, NpyArray>> {
  const { maxBytes = 2 ** 30, ...rest } = optionsOf("parseNpz", options);
  refuseUnknown("parseNpz", rest);
  listOf("parseNpz", "bytes", bytes);
  whole("parseNpz", "maxBytes", maxBytes, { min: 1 });
  const entries = zipEntries(bytes).filter(({ name }) => name.endsWith(".npy"));
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes)
    throw new DatasetsError(
      "ERR_FORMAT",
      `datasets/parseNpz: the arrays take ${total} bytes unpacked, at most ${maxBytes} are read`,
      { fields: { total, maxBytes } },
    );
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const name = entry.name.slice(0, -".npy".length);
    if (arrays.has(name))
      throw new DatasetsError("ERR_FORMAT", `datasets/parseNpz: there are two arrays ${name}`, {
        fields: { name },
      });
    try {
      arrays.set(name, parseNpy(await unpack(entry)));
    } catch (error) {
      if (!DatasetsError.isInstance(error)) throw error;
      const message = error.message.replace(
        /^datasets\/parseNpy: /,
        `datasets/parseNpz: ${name}: `,
      );
      throw new DatasetsError("ERR_FORMAT", message, {
        fields: { ...error.fields, name },
        cause: error,
      });
    }
  }
  return arrays;
}
