import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import type { SourceFile } from "@deepgrain/coder";
import { languages } from "@deepgrain/coder/languages";

/** Folders whose files are not the repository's own. */
const FOREIGN = new Set(["node_modules", "vendor", "dist", "build", "target", "__pycache__"]);

const nameOf = new Map<string, string>();
for (const { name, extensions } of languages)
  for (const extension of extensions)
    if (!nameOf.has(extension.toLowerCase())) nameOf.set(extension.toLowerCase(), name);

/** The language of a file by its extension, one of the 338; undefined for others. */
export const languageOfFile = (path: string): string | undefined =>
  nameOf.get(extname(path).toLowerCase());

/** A text file's content; undefined for one that is not UTF-8. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch {
    return undefined;
  }
}

/** The name of the JavaScript package that a folder is, or is the sources of; undefined where no package.json says one. */
export async function packageNameOf(folder: string): Promise<string | undefined> {
  for (const place of [folder, dirname(resolve(folder))])
    try {
      const { name } = JSON.parse((await textOf(join(place, "package.json"))) ?? "{}");
      if (typeof name === "string") return name;
    } catch {
      // no JSON: it says no name
    }
  return undefined;
}

/**
 * The source files below a folder, by path, with `/` between its parts: files in a known language. Hidden folders, and those of
 * dependencies and of what is built, are passed over; files that are not UTF-8 are counted.
 */
export async function repositoryFiles(
  root: string,
): Promise<{ files: SourceFile[]; unreadable: number }> {
  const files: SourceFile[] = [];
  let unreadable = 0;
  async function walk(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && !FOREIGN.has(entry.name)) await walk(path);
      } else if (entry.isFile() && languageOfFile(entry.name) !== undefined) {
        const text = await textOf(path);
        if (text === undefined) unreadable++;
        else files.push({ path: relative(root, path).split(sep).join("/"), text });
      }
    }
  }
  await walk(root);
  return { files, unreadable };
}
