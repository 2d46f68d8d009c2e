// The changes of all packages on one page.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolders } from "./documents.mjs";

/** @returns the page as Markdown: a heading per package, its versions below */
export function changelogPage() {
  const sections = packageFolders()
    .map((folder) => join(folder, "CHANGELOG.md"))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8").trim().replace(/^#/gm, "##"));
  return `${["# Changelog", ...sections].join("\n\n")}\n`;
}
