import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

const unpack = promisify(brotliDecompress);

/** The file of a list, in the folder `texts` beside the bundle, where the build of the command line puts it. */
export const shippedFile = (name: string): string => `${name}.json.br`;

/** A list that was packed into a file. */
export async function readShipped<T>(file: URL, signal: AbortSignal): Promise<T[]> {
  const packed = await readFile(file, { signal });
  return JSON.parse((await unpack(packed)).toString()) as T[];
}

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
  const file = new URL(`./texts/${shippedFile(name)}`, import.meta.url);
  return existsSync(file) ? readShipped(file, signal) : fromPackage();
}
