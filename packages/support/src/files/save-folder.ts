import { disk } from "./disk";
import { failing, systemCode } from "./io-error";
import { makeFolder, syncFolder } from "./make-folder";
import { ownName } from "./own-names";
import { fileNameOf, folderOf, withoutSlash } from "./paths";
import { removeLeftovers } from "./remove-leftovers";

/**
 * Fills a folder that appears whole or not at all. It is written under another name; then what stood there is renamed
 * aside, the new one renamed in, and the old one deleted. A kill at any moment leaves the old folder or the new one, at
 * worst under the aside name, from which {@link removeLeftovers} and the next `saveFolder` put it back.
 *
 * @param folder path; folders above it are made when missing. The caller has checked that it may be replaced
 * @param fill writes into the folder whose path it gets
 * @throws {FilesError} `ERR_IO` when the file system refuses; whatever `fill` throws. The old folder is then in its place
 */
export async function saveFolder(
  folder: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  const path = withoutSlash(folder);
  const name = fileNameOf(path);
  await removeLeftovers(folderOf(path), { of: (target) => target === name });
  const unfinished = ownName(path, "tmp");
  try {
    await makeFolder(unfinished);
    await fill(unfinished);
    await syncFolder(unfinished);
    await swapIn(unfinished, path);
  } catch (error) {
    await disk.rmTree(unfinished).catch(() => undefined);
    throw error;
  }
}

/** Puts a finished folder in the place of an earlier one, if there is one. */
async function swapIn(finished: string, path: string): Promise<void> {
  const fail = failing("write", path);
  const aside = ownName(path, "old");
  const isReplaced = await disk.rename(path, aside).then(
    () => true,
    (error) => (systemCode(error) === "ENOENT" ? false : fail(error)),
  );
  await disk.rename(finished, path).catch(async (error) => {
    if (isReplaced) await disk.rename(aside, path).catch(() => undefined);
    fail(error);
  });
  await syncFolder(folderOf(path));
  if (isReplaced) await removeFolder(aside);
}

/**
 * Deletes a folder, which disappears at once: it is renamed first, so that a kill leaves no half of it under its name.
 *
 * @throws {FilesError} `ERR_IO` when the file system refuses; a missing folder is not an error
 */
export async function removeFolder(folder: string): Promise<void> {
  const path = withoutSlash(folder);
  const gone = ownName(path, "gone");
  const isThere = await disk.rename(path, gone).then(
    () => true,
    (error) => (systemCode(error) === "ENOENT" ? false : failing("delete", path)(error)),
  );
  if (isThere) await disk.rmTree(gone).catch(failing("delete", path));
}
