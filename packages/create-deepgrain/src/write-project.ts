import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { exists, reasonOf, saveFolder, saveText } from "@deepgrain/support/files";

/** Not in the templates: npm leaves files of this name out of a package. */
const ignored = "node_modules/\ndist/\n.next/\n";

/** @throws {Error} unless nothing is at the place, or an empty folder that nobody is in */
async function assertFree(target: string): Promise<void> {
  const name = JSON.stringify(target);
  const place = resolve(target); // without a slash at its end, which follows a link
  if (place === process.cwd())
    throw new Error(`${name} is the folder you are in: name one that is made in it`);
  if (!(await exists(place))) return;
  const found = await lstat(place);
  if (found.isSymbolicLink())
    throw new Error(`${name} is a link: name a folder that does not exist yet`);
  if (!found.isDirectory())
    throw new Error(`${name} is a file: name a folder that does not exist yet`);
  if ((await readdir(target)).length > 0)
    throw new Error(`the folder ${name} is not empty: name one that does not exist yet`);
}

/**
 * Copies a template into a folder that appears whole or not at all.
 *
 * @param template folder with its files
 * @param target folder to make
 * @throws {Error} for a place that is taken, and where writing fails
 */
export async function writeProject(template: string, target: string): Promise<void> {
  try {
    await assertFree(target);
    const entries = await readdir(template, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(template, join(entry.parentPath, entry.name)));
    await saveFolder(resolve(target), async (unfinished) => {
      await saveText(join(unfinished, ".gitignore"), ignored);
      for (const file of files)
        await saveText(join(unfinished, file), await readFile(join(template, file), "utf8"));
    });
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const reason = reasonOf(error);
    throw new Error(`cannot write ${JSON.stringify(target)}: ${reason}: name another folder`);
  }
}
