// What a published package's page and tarball need: fields of package.json, and a CHANGELOG with an entry for its version.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FIELDS = ["description", "keywords", "homepage", "bugs", "repository", "license", "author"];
// Refuses to pack what lacks a file that `exports` names.
const PREPACK = "node ../../tooling/release/missing-files.mjs";

function complaints(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { name, version, files = [], publishConfig = {}, scripts = {} } = manifest;
  if (manifest.private) return [];
  const found = FIELDS.filter((field) => !manifest[field]).map((field) => `has no ${field}`);
  if (manifest.repository?.directory !== folder)
    found.push(`repository.directory is not ${folder}`);
  for (const file of ["CHANGELOG.md", "README.md", "dist"])
    if (!files.includes(file)) found.push(`files lack ${file}`);
  if (scripts.prepack !== PREPACK) found.push(`scripts.prepack is not ${PREPACK}`);
  const changes = join(folder, "CHANGELOG.md");
  if (!existsSync(changes) || !readFileSync(changes, "utf8").includes(`## ${version}`))
    found.push(`CHANGELOG.md has no entry for ${version}`);
  // The release workflow asks for provenance; elsewhere it cannot be had, so that publishing to a local registry would fail.
  if (publishConfig.provenance) found.push("publishConfig.provenance is set");
  return found.map((text) => `${name}: ${text}`);
}

/** Looks through all public packages. @returns exit code: 1 with a line per complaint, else 0 */
export function checkManifests() {
  const folders = ["packages", "apps"].flatMap((group) =>
    readdirSync(group).map((name) => join(group, name)),
  );
  const found = folders
    .filter((folder) => existsSync(join(folder, "package.json")))
    .flatMap(complaints);
  for (const line of found) console.error(line);
  return found.length > 0 ? 1 : 0;
}
