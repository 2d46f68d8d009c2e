// biome-ignore lint/style/noRestrictedImports: files are opened to read, with a flag that the table lacks
import { constants, open, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** The files of runs that are read; nothing else is. */
export type KnownFile = "metrics.jsonl" | "run.json" | "study.json" | "report.html";

/** An opened file. */
export type OpenFile = Awaited<ReturnType<typeof open>>;

const isInside = (root: string, path: string): boolean => {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
};

/**
 * Opens a known file of a run for reading, where it is a regular file below the root; a link is not followed, nor is one on the way
 * that leads out.
 * @param root a path without links
 * @returns undefined for anything else, and where there is none
 */
export async function openInside(
  root: string,
  folder: string,
  name: KnownFile,
): Promise<OpenFile | undefined> {
  const path = join(folder, name);
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants; // a pipe would wait for its writer
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const [own, real] = [await file.stat(), await realpath(path)];
    const there = await stat(real); // what was opened, not what was put there since
    if (own.isFile() && isInside(root, real) && there.ino === own.ino && there.dev === own.dev)
      return file;
  } catch {
    // deleted meanwhile
  }
  await file.close();
  return undefined;
}

/** The text of a known file, undefined where there is none that may be read or it is larger. */
export async function readInside(
  root: string,
  folder: string,
  { name, most }: { name: KnownFile; most: number },
): Promise<string | undefined> {
  const file = await openInside(root, folder, name);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    return size > most ? undefined : await file.readFile("utf8");
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
