/** @file A tag per package and version, whose text is the version's entry of the change log. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "./workspace.mjs";

const git = (cwd, args, input) =>
  execFileSync("git", args, { cwd, input, encoding: "utf8", stdio: ["pipe", "pipe", 2] }).trim();

const tagOf = ({ name, version }) => `${name}@${version}`;

/** The commit of a tag; undefined where there is none. */
function commitOf(root, tag) {
  const [line = ""] = git(root, [
    "for-each-ref",
    "--format=%(objectname) %(*objectname)",
    `refs/tags/${tag}`,
  ]).split("\n");
  return line === "" ? undefined : line.split(" ").filter(Boolean).at(-1);
}

/** @throws {Error} for files that differ from the commit */
export function assertCommitted(root) {
  const [first] = git(root, ["status", "--porcelain"]).split("\n");
  if (first)
    throw new Error(
      `commit or remove what is not committed, such as ${first.replace(/^\S+ /, "")}`,
    );
}

/** @throws {Error} for a version that is tagged at another commit */
export function assertTagsFree(root, packages) {
  const head = git(root, ["rev-parse", "HEAD"]);
  for (const one of packages) {
    const commit = commitOf(root, tagOf(one));
    if (commit !== undefined && commit !== head)
      throw new Error(
        `the tag ${tagOf(one)} exists at ${commit.slice(0, 8)}; give the package a new version (npm run release -- --version)`,
      );
  }
}

/** The entry of a version in a change log, "" where there is none. */
export function entryOf(changelog, version) {
  const entries = changelog.split(/^(?=## )/m);
  const entry = entries.find((part) => part.startsWith(`## ${version}\n`)) ?? "\n";
  return entry.slice(entry.indexOf("\n")).trim();
}

/** Tags the packages that have no tag; a line for each, from which the release workflow makes release notes. */
export function tagRelease(root, packages) {
  for (const one of packages.filter((each) => commitOf(root, tagOf(each)) === undefined)) {
    const notes = entryOf(readFileSync(join(one.path, "CHANGELOG.md"), "utf8"), one.version);
    git(
      root,
      ["tag", "--annotate", "--cleanup=whitespace", "--file=-", tagOf(one)],
      `${tagOf(one)}\n\n${notes}\n`,
    );
    say(`New tag: ${tagOf(one)}`);
  }
}
