import {
  exists,
  type Folder,
  fileIn,
  inFolder,
  namesIn,
  nodeFiles,
} from "@deepgrain/support/files";
import { ggufParts } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { HubCache } from "./hub-cache";
import type { HubSource } from "./hub-source";
import { type HubPart, wantedFiles } from "./wanted-files";

const has = async (folder: Folder, name: string): Promise<boolean> =>
  typeof folder === "string"
    ? exists(inFolder(folder, name))
    : (await fileIn(folder, name)) !== undefined;

/** A GGUF file of a repository, and the other parts of one that is split. */
export const filesOf = (file: string): string[] => ggufParts(file) ?? [file];

/**
 * The folder of the revision as it was downloaded last, where it has the parts, or the one file, that are wanted; undefined
 * where it has not.
 */
export async function heldFolder(
  { repository, file }: HubSource,
  parts: readonly HubPart[],
  cache: HubCache,
): Promise<Folder | undefined> {
  const folder = await cache.cached();
  if (folder === undefined) return undefined;
  const isThere = async (names: readonly string[]) =>
    (await Promise.all(names.map((name) => has(folder, name)))).every(Boolean);
  if (file !== undefined) return (await isThere(filesOf(file))) ? folder : undefined;
  const names = await (typeof folder === "string"
    ? nodeFiles().readdir(folder)
    : namesIn(folder, "file"));
  let wanted: string[];
  try {
    wanted = wantedFiles(repository, names, parts);
  } catch (error) {
    if (LmError.isInstance(error)) return undefined; // the weights are missing
    throw error;
  }
  return wanted.length > 0 && (await isThere(wanted)) ? folder : undefined;
}
