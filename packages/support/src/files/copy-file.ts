import { failing } from "./io-error";
import { nodeFiles } from "./node-modules";
import { writeFileAtomic } from "./stage-file";

/**
 * Copies a file, whose copy appears whole or not at all.
 *
 * @param to path of the copy; its folder must be there
 * @throws {FilesError} `ERR_IO` when the file system refuses
 */
export async function copyFile(from: string, to: string): Promise<void> {
  const source = await nodeFiles().open(from, "r").catch(failing("copy", from));
  try {
    await writeFileAtomic(to, source.createReadStream({ autoClose: false }));
  } finally {
    await source.close();
  }
}
