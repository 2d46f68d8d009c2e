import { FilesError } from "../errors";
import { ioError, systemCode } from "../io-error";
import { nodeFiles } from "../node-modules";
import { inFolder } from "../paths";
import { assertFolder, type Folder, isAddress, nameOfFolder } from "./folder";
import { handleError, handleNames, readHandleFile, readHandleFiles } from "./handle-files";

const slash = (name: string) => `${name}/`;

/**
 * Where a file of a folder is: its path, its address or its content; undefined if it is known to be missing.
 * @throws {FilesError} `ERR_IO`
 */
export async function fileIn(folder: Folder, name: string): Promise<string | Blob | undefined> {
  assertFolder(folder);
  if (typeof folder === "string") return inFolder(folder, name);
  return folder instanceof Map ? folder.get(name) : readHandleFile(folder, name);
}

/** The files of a folder that is not named by a string, by name. @throws {FilesError} `ERR_IO` */
export async function filesIn(folder: Exclude<Folder, string>): Promise<Record<string, Blob>> {
  assertFolder(folder);
  const files =
    folder instanceof Map
      ? (await namesIn(folder, "file")).map((name) => [name, folder.get(name)!] as const)
      : await readHandleFiles(folder);
  return Object.fromEntries(files); // a file may have any name, "__proto__" too
}

/**
 * Names of the files or the folders in a folder, sorted; none where a path does not exist.
 * @throws {FilesError} `ERR_IO`, also for an address, whose files cannot be listed
 */
export async function namesIn(folder: Folder, kind: "file" | "directory"): Promise<string[]> {
  if (isAddress(assertFolder(folder)))
    throw new FilesError(
      "ERR_IO",
      `files: the files at ${nameOfFolder(folder)} cannot be listed; give a path (in Node), a FileSystemDirectoryHandle or a Map`,
      { fields: { path: folder } },
    );
  if (typeof folder === "string") return pathNames(folder, kind);
  if (!(folder instanceof Map)) return handleNames(folder, kind);
  const names = [...folder.keys()].filter((name) => name.includes("/") === (kind === "directory"));
  return [...new Set(names.map((name) => name.split("/")[0]!))].sort();
}

async function pathNames(path: string, kind: "file" | "directory"): Promise<string[]> {
  const entries = await nodeFiles()
    .readdir(path, { withFileTypes: true })
    .catch((error) => {
      if (systemCode(error) === "ENOENT") return [];
      throw ioError("read", path, error);
    });
  return entries
    .filter((entry) => (kind === "file" ? !entry.isDirectory() : entry.isDirectory()))
    .map(({ name }) => name)
    .sort();
}

/** The text of a file of a folder that is not named by a string; undefined if there is none. @throws {FilesError} `ERR_IO` */
export async function textIn(
  folder: Exclude<Folder, string>,
  name: string,
): Promise<string | undefined> {
  const content = (await fileIn(folder, name)) as Blob | undefined;
  try {
    return await content?.text();
  } catch (error) {
    throw handleError("read", `${name} of ${nameOfFolder(folder)}`, error);
  }
}

/**
 * A folder in a folder, to read. Of a Map these are its files, by what follows the slash.
 * @throws {FilesError} `ERR_IO` where a handle has no such folder
 */
export async function subfolder(folder: Folder, name: string): Promise<Folder> {
  assertFolder(folder);
  if (typeof folder === "string") return inFolder(folder, name);
  if (folder instanceof Map) {
    const start = slash(name);
    const inside = [...folder].filter(([key]) => key.startsWith(start));
    return new Map(inside.map(([key, content]) => [key.slice(start.length), content]));
  }
  return folder.getDirectoryHandle(name).catch((error) => {
    throw handleError("open", `${name} of ${nameOfFolder(folder)}`, error);
  });
}
