import {
  exists,
  type Folder,
  fileIn,
  inFolder,
  namesIn,
  nodeFiles,
} from "@deepgrain/support/files";
import { LmError } from "../errors";
import { partNames } from "../gguf/gguf-files";
import { modelOfType } from "./gguf-choice";
import type { HubCache } from "./hub-cache";
import type { HubSource } from "./hub-source";
import { type HubPart, wantedFiles } from "./wanted-files";

const has = async (folder: Folder, name: string): Promise<boolean> =>
  typeof folder === "string"
    ? exists(inFolder(folder, name))
    : (await fileIn(folder, name)) !== undefined;

/** A model in the cache. */
export interface HeldModel {
  folder: Folder;
  /** The GGUF file in it that is meant. */
  file: string | undefined;
}

/** Paths of the files in a folder, at a path with those in the folders of it only where `isDeep`. */
async function pathsIn(folder: Folder, isDeep: boolean): Promise<string[]> {
  if (folder instanceof Map) return [...folder.keys()]; // as the cache gives it
  if (typeof folder !== "string") return namesIn(folder, "file");
  const names = await nodeFiles().readdir(folder, { recursive: isDeep });
  return names.map((name) => name.replaceAll("\\", "/"));
}

/** The GGUF file that a source names, by itself or by its type; undefined where not all of its parts are there. */
async function heldFile(source: HubSource, folder: Folder): Promise<string | undefined> {
  try {
    const name = source.file ?? modelOfType(source, source.type!, await pathsIn(folder, true));
    const found = await Promise.all(partNames(name).map((part) => has(folder, part)));
    return found.every(Boolean) ? name : undefined;
  } catch (error) {
    if (LmError.isInstance(error)) return undefined; // none is of the type
    throw error;
  }
}

/**
 * The folder of the revision as it was downloaded last, where it has the parts, or the one file, that are wanted; undefined
 * where it has not.
 */
export async function heldModel(
  source: HubSource,
  parts: readonly HubPart[],
  cache: HubCache,
): Promise<HeldModel | undefined> {
  const folder = await cache.cached();
  if (folder === undefined) return undefined;
  const { repository, file, type } = source;
  if (file !== undefined || type !== undefined) {
    const held = await heldFile(source, folder);
    return held === undefined ? undefined : { folder, file: held };
  }
  let wanted: string[];
  try {
    wanted = wantedFiles(repository, await pathsIn(folder, false), parts);
  } catch (error) {
    if (LmError.isInstance(error)) return undefined; // the weights are missing
    throw error;
  }
  const found = await Promise.all(wanted.map((name) => has(folder, name)));
  return found.length > 0 && found.every(Boolean) ? { folder, file } : undefined;
}
