/** @file Waiting changesets: none at the first release, and none that is left when packages are published. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "./workspace.mjs";

const folder = ".changeset";

/** Files of the changesets that wait, sorted. */
const waiting = (root) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => `${folder}/${name}`)
    .sort();

/** Whether no package has a tag yet. */
export function isFirstRelease(root) {
  const tags = execFileSync("git", ["tag", "--list"], { cwd: root, encoding: "utf8" }).split("\n");
  return !publicPackages(root).some(({ name }) => tags.some((tag) => tag.startsWith(`${name}@`)));
}

/** What to do with changesets, in one line. */
const remedy = (isFirst) =>
  isFirst
    ? 'no package has a tag, so this is the first release (else: git fetch --tags), which has none; put what a new reader needs into "## 0.1.0" of the package\'s CHANGELOG.md and delete the files'
    : "apply them first (npm run release -- --version)";

/** @throws {Error} where changesets wait */
export function assertNoneWaiting(root) {
  const files = waiting(root);
  if (files.length > 0)
    throw new Error(
      `${files.length} changesets wait, such as ${files[0]}: ${remedy(isFirstRelease(root))}`,
    );
}

/** @throws {Error} where the versions stand already */
export function assertNotFirst(root) {
  if (!isFirstRelease(root)) return;
  assertNoneWaiting(root);
  throw new Error("the first release has its versions already (npm run release -- --publish)");
}

/** What stands for a package that has no change of its own. */
const noChange = "Nothing of its own: the packages are released together.";

/** Fills the entry of a version that has nothing in it. */
export function withSentence(changelog, version) {
  const empty = new RegExp(
    `^(## ${version.replaceAll(".", "\\.")}\n)\\s*(?=^## |(?![\\s\\S]))`,
    "m",
  );
  return changelog.replace(empty, `$1\n${noChange}\n\n`).replace(/\n+$/, "\n");
}

/**
 * Gives all packages the next version, and their change logs its entry.
 *
 * @param apply runs `changeset version` there
 * @throws {Error} before anything is written, for a change that asks for 1.0.0
 */
export function applyChangesets(root, apply) {
  const major = waiting(root).find((file) =>
    /^---[\s\S]*?: major$[\s\S]*?^---$/m.test(readFileSync(join(root, file), "utf8")),
  );
  if (major !== undefined)
    throw new Error(`${major} asks for 1.0.0; below it, what breaks users is minor`);
  apply();
  for (const { path, version } of publicPackages(root)) {
    const file = join(path, "CHANGELOG.md");
    writeFileSync(file, withSentence(readFileSync(file, "utf8"), version));
  }
}
