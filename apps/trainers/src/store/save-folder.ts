import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Fills a folder that appears whole or not at all: it is written under another name and then renamed. What stood there
 * before is replaced.
 * @param fill writes into the folder whose path it gets
 */
export async function saveFolder(
  path: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(unfinished, { recursive: true });
    await fill(unfinished);
    await rm(path, { recursive: true, force: true });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Deletes what a killed process left half-written in a folder and the folders in it. */
export async function removeUnfinished(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (/\.tmp$|\.old$/.test(entry.name)) await rm(path, { recursive: true, force: true });
    else if (entry.isDirectory()) await removeUnfinished(path);
  }
}

/** Bytes of all files in a folder. */
export async function folderSizeBytes(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name))).size;
  return total;
}
