/** @file Whether a packed package is fit for strangers, before anything of it goes out. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingFiles } from "./missing-files.mjs";
import { relativeLinks } from "./readme-links.mjs";
import { entryOf } from "./tags.mjs";

/** Calls `use` with a folder that has the files of a tarball, which is removed afterwards. */
export function unpacked(tarball, use) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-unpacked-"));
  try {
    execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", folder]);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Paths of all files of a folder, sorted. */
export const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

/** Packages of others whose code a source map lists. */
function bundledIn(map) {
  const { sources } = JSON.parse(map);
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  return names.filter((name) => name !== undefined && !name.startsWith("@deepgrain/"));
}

/** Files whose text has a path of the machine that packed it. */
const filesWith = (folder, files, path) =>
  files.filter((file) => readFileSync(join(folder, file)).includes(path));

/**
 * Complaints about a tarball; none for one that can be published.
 * @param root of the repository, which no file may name
 */
export const tarballFaults = (tarball, root) =>
  unpacked(tarball, (folder) => {
    const files = filesOf(folder);
    const textOf = (file) => (files.includes(file) ? readFileSync(join(folder, file), "utf8") : "");
    const manifest = textOf("package.json");
    const { version } = JSON.parse(manifest);
    const notices = files
      .filter((file) => /(^|\/)(licen[cs]e|notice)/i.test(file))
      .map(textOf)
      .join("\n");
    const bundled = files
      .filter((file) => file.endsWith(".js.map"))
      .flatMap((file) => bundledIn(textOf(file)));
    const links = relativeLinks(textOf("README.md"));
    return [
      ...missingFiles(folder),
      ...["LICENSE", "README.md", "CHANGELOG.md"]
        .filter((file) => !files.includes(file))
        .map((file) => `lacks ${file}`),
      ...(entryOf(textOf("CHANGELOG.md"), version)
        ? []
        : [`has no entry for ${version} in CHANGELOG.md`]),
      ...[...new Set(bundled)]
        .filter((name) => !notices.includes(name))
        .map((name) => `has code of ${name} and no notice of it`),
      ...(manifest.match(/"(?:workspace|catalog|link|file):[^"]*"/g) ?? []).map(
        (range) => `asks for ${range}, which only this repository has`,
      ),
      ...filesWith(folder, files, root).map((file) => `names the folder ${root} in ${file}`),
      ...links.map((link) => `links to ${link} in README.md, which npm's page does not have`),
    ];
  });
