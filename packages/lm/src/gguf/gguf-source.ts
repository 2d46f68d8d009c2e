import { ggufParts } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import { type Folder, fileNames, nameOfFolder, readBlob } from "../text-files";

const isGguf = (name: string): boolean => /\.gguf$/i.test(name);

/** A GGUF file: its path or address, or what is in it; of a file in parts several. */
export type GgufSource = string | Blob | readonly Blob[];

/** Whether files are parts of one GGUF file by their names. */
const areParts = (names: readonly string[]): boolean => {
  const all = ggufParts(names[0]!);
  return all !== undefined && names.every((name) => all.includes(name));
};

/**
 * The GGUF file that a folder stands for: the path or address of one, or the only one of a directory handle or Map, in parts
 * too.
 *
 * @param own the file whose presence makes it a Hugging Face folder instead
 * @returns undefined where it stands for none
 * @throws {LmError} `ERR_ARGUMENT` naming the files of a handle or Map with several; `ERR_IO`
 */
export async function ggufSource(folder: Folder, own: string): Promise<GgufSource | undefined> {
  if (typeof folder === "string") return isGguf(folder) ? folder : undefined;
  const names = await fileNames(folder);
  const found = names.filter(isGguf);
  if (found.length === 0 || names.includes(own)) return undefined;
  if (areParts(found)) {
    // With their names, by which a missing one is named.
    const named = async (name: string) => new File([await readBlob(folder, name)], name);
    return Promise.all(found.map(named));
  }
  if (found.length === 1) return readBlob(folder, found[0]!);
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/gguf: ${nameOfFolder(folder)} must hold one GGUF file, got ${found.join(", ")}; give a Map of the one`,
    { fields: { files: found } },
  );
}
