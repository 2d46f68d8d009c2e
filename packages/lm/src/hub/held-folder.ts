import {
  exists,
  type Folder,
  fileIn,
  inFolder,
  namesIn,
  nodeFiles,
} from "@deepgrain/support/files";
import { LmError } from "../errors";
import type { HubCache } from "./hub-cache";
import type { HubSource } from "./hub-source";
import { type HubPart, wantedFiles } from "./wanted-files";

const has = async (folder: Folder, name: string): Promise<boolean> =>
  typeof folder === "string"
    ? exists(inFolder(folder, name))
    : (await fileIn(folder, name)) !== undefined;

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
  if (file !== undefined) return (await has(folder, file)) ? folder : undefined;
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
  const found = await Promise.all(wanted.map((name) => has(folder, name)));
  return found.length > 0 && found.every(Boolean) ? folder : undefined;
}
