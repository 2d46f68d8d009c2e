import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { assertCommitted, assertTagsFree, entryOf, tagRelease } from "../tags.mjs";
import { toyFiles, writeFiles } from "./support/toy-package";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-tags-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function repository(name: string) {
  const root = join(folder, name);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      cwd: root,
      encoding: "utf8",
    });
  writeFiles(root, toyFiles("@toy/one"));
  git("init", "-q", "-b", "main");
  git("config", "user.name", "a");
  git("config", "user.email", "a@b");
  const commit = () => git("add", "--all") + git("commit", "-qm", "one");
  commit();
  return { root, git, commit, packages: [{ name: "@toy/one", version: "0.1.0", path: root }] };
}

it("gives a tag the change log's entry, once, and says so in a line for the workflow", () => {
  const { root, git, packages } = repository("entry");
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  tagRelease(root, packages);
  tagRelease(root, packages);
  expect(out.mock.calls).toEqual([["New tag: @toy/one@0.1.0\n"]]);
  out.mockRestore();
  const text = git("tag", "--list", "--format=%(contents)");
  expect(text.trim()).toBe("@toy/one@0.1.0\n\n- First release");
  assertTagsFree(root, packages);
});

it("refuses a tag that exists at another commit", () => {
  const { root, commit, packages } = repository("exists");
  tagRelease(root, packages);
  writeFiles(root, { "dist/more.js": "" });
  commit();
  expect(() => assertTagsFree(root, packages)).toThrow(
    /^the tag @toy\/one@0.1.0 exists at [0-9a-f]{8}; give the package a new version/,
  );
});

it("refuses what is not committed", () => {
  const { root } = repository("dirty");
  assertCommitted(root);
  writeFiles(root, { "dist/more.js": "" });
  expect(() => assertCommitted(root)).toThrow(
    "commit or remove what is not committed, such as dist/more.js",
  );
});

it("finds the entry of a version alone", () => {
  const text = "# a\n\n## 0.1.1\n\n- b\n\n### c\n\n- d\n\n## 0.1.0\n\n- e\n";
  expect(entryOf(text, "0.1.1")).toBe("- b\n\n### c\n\n- d");
  expect(entryOf(text, "0.1.0")).toBe("- e");
  expect(entryOf(text, "0.1")).toBe("");
});
