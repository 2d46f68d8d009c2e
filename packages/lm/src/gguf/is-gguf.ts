import type { Folder } from "../text-files";

/** True for the name of a GGUF file. */
export const isGguf = (path: string): boolean => /\.gguf$/i.test(path);

/** The GGUF file that a folder is or, as a Map without config.json, consists of; undefined for any other. */
export function ggufIn(folder: Folder): string | Blob | undefined {
  if (typeof folder === "string") return isGguf(folder) ? folder : undefined;
  if (!(folder instanceof Map) || folder.has("config.json")) return undefined;
  const files = [...folder].filter(([name]) => isGguf(name));
  return files.length === 1 ? files[0]![1] : undefined;
}
