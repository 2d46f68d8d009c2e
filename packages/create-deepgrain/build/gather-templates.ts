/** @file The templates, made of the example projects: with versions instead of `latest`, and links that lead somewhere. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { templates } from "../src/templates";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const pages = "https://github.com/deepgrain/deepgrain/blob/main";
/** Folders and files that installing, building and running leave in an example. */
const leftovers = ["node_modules", "dist", ".next", "package-lock.json", "next-env.d.ts"];

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** The version of each package by its name. */
const versions = () =>
  new Map<string, string>(
    readdirSync(join(root, "packages"))
      .map((folder) => readJson(join(root, "packages", folder, "package.json")))
      .map(({ name, version }) => [name, version]),
  );

/** @throws {Error} for a package of nobody's, whose `latest` nobody has tried */
function withVersions(manifest: string): string {
  const known = versions();
  return manifest.replace(/"([^"]+)": "latest"/g, (_, name: string) => {
    if (!known.has(name)) throw new Error(`no package is called ${name}`);
    return `"${name}": "^${known.get(name)}"`;
  });
}

const withAddresses = (text: string, folder: string) =>
  text.replace(
    /\]\((?!https?:|#)([^)\s]+)\)/g,
    (_, path: string) => `](${pages}/${posix.join("apps/examples", folder, path)})`,
  );

/** Writes a folder per template. @param target which is replaced */
export function gatherTemplates(target: string): void {
  rmSync(target, { recursive: true, force: true });
  for (const [name, { folder }] of Object.entries(templates)) {
    const own = join(target, name);
    cpSync(join(root, "apps/examples", folder), own, {
      recursive: true,
      filter: (path) => !leftovers.includes(basename(path)),
    });
    const edit = (file: string, change: (text: string) => string) =>
      writeFileSync(join(own, file), change(readFileSync(join(own, file), "utf8")));
    edit("package.json", withVersions);
    edit("README.md", (text) => withAddresses(text, folder));
  }
}
