import { dirname } from "node:path";
import { makeFolder, writeFileAtomic } from "@deepgrain/files";

/** Writes a file that appears whole or not at all; its folder is made when missing. @throws {FilesError} `ERR_IO` */
export async function saveFile(
  path: string,
  text: string | Iterable<string | Uint8Array>,
): Promise<void> {
  await makeFolder(dirname(path));
  await writeFileAtomic(path, text);
}

/** Writes a value as indented JSON, whole or not at all. @throws {FilesError} `ERR_IO` */
export const saveJson = (path: string, value: unknown): Promise<void> =>
  saveFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
