import { LmError } from "../errors";
import { type Folder, fileNames, nameOfFolder, readBlob } from "../text-files";

const isGguf = (name: string): boolean => /\.gguf$/i.test(name);

/**
 * The GGUF file that a folder stands for: the path or address of one, or the only one of a directory handle or Map.
 *
 * @param own the file whose presence makes it a Hugging Face folder instead
 * @returns undefined where it stands for none
 * @throws {LmError} `ERR_ARGUMENT` naming the files of a handle or Map with several; `ERR_IO`
 */
export async function ggufSource(folder: Folder, own: string): Promise<string | Blob | undefined> {
  if (typeof folder === "string") return isGguf(folder) ? folder : undefined;
  const names = await fileNames(folder);
  const found = names.filter(isGguf);
  if (found.length === 0 || names.includes(own)) return undefined;
  if (found.length === 1) return readBlob(folder, found[0]!);
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/gguf: ${nameOfFolder(folder)} must hold one GGUF file, got ${found.join(", ")}; give a Map of the one`,
    { fields: { files: found } },
  );
}
