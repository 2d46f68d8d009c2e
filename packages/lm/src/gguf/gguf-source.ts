import { inFolder, isAddress, nodeFiles } from "@deepgrain/support/files";
import { LmError } from "../errors";
import { type Folder, fileNames, nameOfFolder, readBlob } from "../text-files";
import { ggufModels, isGguf, listed, partNames } from "./gguf-files";

/** A GGUF file: its path or address, or what is in it; of a file in parts several. */
export type GgufSource = string | Blob | readonly Blob[];

/** Whether files of these names are Hugging Face's of a part: then a GGUF file beside them is not read. */
const isOwn = {
  config: (name: string) => name === "config.json" || name.endsWith(".safetensors"),
  model: (name: string) => name.endsWith(".safetensors"),
  tokenizer: (name: string) => name === "tokenizer.json",
};

/** The names in a folder; none in an address and in what is no folder, of which the loaders say what is wrong. */
async function namesOf(folder: Folder): Promise<string[]> {
  if (typeof folder !== "string") return fileNames(folder);
  if (isAddress(folder)) return [];
  try {
    return await nodeFiles().readdir(folder);
  } catch {
    return [];
  }
}

/** The content of a model's files in a directory handle or a Map; of parts with their names, by which a missing one is named. */
async function contentOf(
  folder: Exclude<Folder, string>,
  name: string,
  names: readonly string[],
): Promise<GgufSource> {
  const parts = partNames(name);
  if (parts.length === 1) return readBlob(folder, name);
  const named = async (part: string) => new File([await readBlob(folder, part)], part);
  return Promise.all(parts.filter((part) => names.includes(part)).map(named));
}

/**
 * The GGUF file that `loadModel` and `loadTokenizer` read for a folder: the one that it names, or the only one in it.
 * Hugging Face's files of the same part come first: safetensors for the model, tokenizer.json for the tokenizer.
 *
 * @param folder a path (Node), an http(s) address, a directory handle or a Map of Blobs by name
 * @param part what is wanted of it. Default `"model"`
 * @returns a path or an address where a text was given, else a Blob, or those of all parts; undefined where Hugging Face's
 *   files are read
 * @throws {LmError} `ERR_ARGUMENT` naming the files of a folder with several; `ERR_IO`
 */
export async function ggufSource(
  folder: Folder,
  part: "config" | "model" | "tokenizer" = "model",
): Promise<string | Blob | readonly Blob[] | undefined> {
  if (typeof folder === "string" && isGguf(folder)) return folder;
  const names = await namesOf(folder);
  const found = ggufModels(names);
  if (found.length === 0 || names.some(isOwn[part])) return undefined;
  const [name] = found;
  if (found.length === 1)
    return typeof folder === "string" ? inFolder(folder, name!) : contentOf(folder, name!, names);
  const hint = typeof folder === "string" ? "name the one" : "give a Map of the one";
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/gguf: ${nameOfFolder(folder)} must hold one GGUF file, got ${listed(found)}; ${hint}`,
    { fields: { files: found } },
  );
}
