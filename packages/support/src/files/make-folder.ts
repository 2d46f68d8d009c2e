import { disk } from "./disk";
import { failing, ioError, systemCode } from "./io-error";
import { nodeFiles } from "./node-modules";
import { folderOf, withoutSlash } from "./paths";

/**
 * Makes a folder and those above it. Unlike Node's recursive `mkdir`, it names the real cause on a read-only file system.
 *
 * @returns whether it was not there before
 * @throws {FilesError} `ERR_IO`, also when a file has the name
 */
export async function makeFolder(folder: string): Promise<boolean> {
  const { lstat, stat } = nodeFiles();
  const path = withoutSlash(folder);
  try {
    await disk.mkdir(path);
    return true;
  } catch (error) {
    const parent = folderOf(path);
    if (systemCode(error) === "ENOENT" && withoutSlash(parent) !== path) {
      await makeFolder(parent);
      await disk.mkdir(path).catch((cause) => {
        if (systemCode(cause) !== "EEXIST") throw ioError("make the folder", path, cause);
      });
      return true;
    }
    const exists = systemCode(error) === "EEXIST";
    const found = await stat(path)
      .catch(() => lstat(path))
      .catch((cause: unknown) => {
        if (exists && systemCode(cause) !== "ENOENT") throw ioError("make the folder", path, cause);
      });
    if (found?.isDirectory()) return false;
    if (exists && !found) return makeFolder(path); // deleted between the two calls
    const cause = exists ? new Error("a file has this name") : error;
    return failing("make the folder", path)(cause);
  }
}

/** Codes of systems that cannot open or sync a folder: Windows, some network file systems, and folders that may not be listed. */
const cannotSync = new Set(["EACCES", "EPERM", "EISDIR", "EINVAL", "EBADF", "ENOTSUP", "ENOSYS"]);

const unlessPlain = (folder: string) => (cause: unknown) => {
  if (!cannotSync.has(systemCode(cause) ?? "")) throw ioError("write to", folder, cause);
};

/**
 * Forces a folder's list of names to the disk where the system can do that (Windows cannot, and need not).
 * @throws {FilesError} `ERR_IO` where it can and that fails
 */
export async function syncFolder(folder: string): Promise<void> {
  const skip = unlessPlain(folder);
  const handle = await nodeFiles().open(folder, "r").catch(skip);
  if (!handle) return;
  try {
    await disk.sync(handle).catch(skip);
  } finally {
    await handle.close();
  }
}
