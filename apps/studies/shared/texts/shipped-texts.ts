import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

const unpack = promisify(brotliDecompress);

/** The folder beside the bundle into which the build of the command line packs the texts that `start` reads. */
export const TEXTS_FOLDER = "texts";

/** The file of a list of texts. */
export const shippedFile = (name: string): string => `${name}.json.br`;

/**
 * A list that the command line ships, or where it ships none, as in a clone that reads sources, that of a package.
 * @param name of the list
 * @param fromPackage reads the same list from the package that it was packed from
 */
export async function shippedOr<T>(
  name: string,
  fromPackage: () => Promise<T[]>,
  signal: AbortSignal,
): Promise<T[]> {
  const file = new URL(`./${TEXTS_FOLDER}/${shippedFile(name)}`, import.meta.url);
  if (!existsSync(file)) return fromPackage();
  const packed = await readFile(file, { signal });
  return JSON.parse((await unpack(packed)).toString()) as T[];
}
