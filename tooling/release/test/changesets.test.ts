import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import * as changelog from "../changelog.mjs";
import {
  applyChangesets,
  assertNoneWaiting,
  assertNotFirst,
  withSentence,
} from "../changesets.mjs";
import { publish } from "../publish.mjs";
import { entryOf } from "../tags.mjs";
import { publicPackages } from "../workspace.mjs";
import { toyFiles, writeFiles } from "./support/toy-package";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "deepgrain-changesets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** A repository of one package. @param kind of its waiting changeset */
function repository(kind?: string, tag?: string) {
  const place = join(folder, `${count++}`);
  writeFiles(join(place, "packages/one"), toyFiles("@toy/one"));
  const change = `---\n"@toy/one": ${kind}\n---\n\nA thing.\n`;
  writeFiles(place, {
    "apps/none/package.json": '{ "private": true }',
    ".changeset/config.json": "{}",
    ".changeset/a-thing.md": kind === undefined ? undefined : change,
  });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: place });
  git("init", "-q", "-b", "main");
  git("add", "--all");
  git("commit", "-qm", "one");
  if (tag !== undefined) git("tag", tag);
  return place;
}

const first =
  /^1 changesets wait, such as \.changeset\/a-thing\.md: no package has a tag, .*"## 0\.1\.0"/;

it("has one first entry per package, of at most 15 lines", () => {
  const packages = publicPackages(root);
  expect(packages.length).toBeGreaterThanOrEqual(18);
  for (const { name, path } of packages) {
    const entry = entryOf(readFileSync(join(path, "CHANGELOG.md"), "utf8"), "0.1.0");
    expect(entry, name).toMatch(/^First release: /);
    expect(entry.split("\n").length, name).toBeLessThanOrEqual(15);
  }
});

it("refuses changesets at the first release, with what to do", async () => {
  const place = repository("minor");
  expect(() => assertNoneWaiting(place)).toThrow(first);
  expect(() => assertNotFirst(place)).toThrow(first);
  await expect(publish(place)).rejects.toThrow(first);
  const none = repository();
  assertNoneWaiting(none);
  expect(() => assertNotFirst(none)).toThrow("the first release has its versions already");
});

it("publishes nothing while changesets of a later release wait", async () => {
  const place = repository("minor", "@toy/one@0.1.0");
  assertNotFirst(place);
  await expect(publish(place)).rejects.toThrow("apply them first (npm run release -- --version)");
});

it("refuses a change that asks for 1.0.0 before anything is written", () => {
  const place = repository("major", "@toy/one@0.1.0");
  const apply = vi.fn();
  expect(() => applyChangesets(place, apply)).toThrow(
    ".changeset/a-thing.md asks for 1.0.0; below it, what breaks users is minor",
  );
  expect(apply).not.toHaveBeenCalled();
  expect(readdirSync(join(place, ".changeset"))).toContain("a-thing.md");
});

it("fills an entry that has nothing in it, and no other", () => {
  const old = "## 0.1.0\n\n- e\n";
  const filled = withSentence(`# a\n\n## 0.2.0\n\n${old}`, "0.2.0");
  expect(entryOf(filled, "0.2.0")).toBe("Nothing of its own: the packages are released together.");
  expect(entryOf(filled, "0.1.0")).toBe("- e");
  expect(withSentence(filled, "0.2.0")).toBe(filled);
  expect(entryOf(withSentence("# a\n\n## 0.2.0\n", "0.2.0"), "0.2.0")).toMatch(/^Nothing of/);
});

it("writes a change as one item, and nothing about dependencies", async () => {
  expect(await changelog.getReleaseLine({ summary: "One.\n\nTwo,\nthree.\n" })).toBe(
    "- One.\n\n  Two,\n  three.",
  );
  expect(await changelog.getDependencyReleaseLine()).toBe("");
});
