import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { applyChangesets } from "../../changesets.mjs";
import { publishedManifest } from "../../pack-all.mjs";
import { entryOf } from "../../tags.mjs";
import { publicPackages } from "../../workspace.mjs";
import { pack, toyFiles, writeFiles } from "../support/toy-package";

const root = join(import.meta.dirname, "../../../..");
const folder = mkdtempSync(join(tmpdir(), "deepgrain-versions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" });

/** Manifests and change logs of the repository, without the rest. */
function copied(): string {
  const place = join(folder, "copy");
  const wanted = [
    "*package.json",
    "*CHANGELOG.md",
    "pnpm-workspace.yaml",
    ".changeset/config.json",
  ];
  const files = run(root, "git", "ls-files", ...wanted, "tooling/release/changelog.mjs");
  for (const file of files.trim().split("\n")) cpSync(join(root, file), join(place, file));
  symlinkSync(join(root, "node_modules"), join(place, "node_modules"), "junction");
  run(place, "git", "init", "-q", "-b", "main");
  return place;
}

it("gives the whole family a minor, then a patch, and lists each change once", () => {
  const place = copied();
  const names = publicPackages(place).map(({ name }) => name);
  const release = (kind: string, summary: string) => {
    const text = `---\n"@deepgrain/tensor-gpu": ${kind}\n---\n\n${summary}\n`;
    writeFiles(join(place, ".changeset"), { "a-thing.md": text });
    applyChangesets(place, () => run(place, "npx", "--no-install", "changeset", "version"));
    return publicPackages(place);
  };
  for (const [kind, version, summary] of [
    ["minor", "0.2.0", "A new operator."],
    ["patch", "0.2.1", "A gradient is right."],
  ] as const) {
    const packages = release(kind, summary);
    for (const each of packages) {
      expect(each.version, each.name).toBe(version);
      const entry = entryOf(readFileSync(join(each.path, "CHANGELOG.md"), "utf8"), version);
      const isChanged = each.name === "@deepgrain/tensor-gpu";
      expect(entry, each.name).toMatch(
        isChanged ? new RegExp(`^### \\w+ Changes\n\n- ${summary}$`) : /^Nothing of its own/,
      );
      const { peerDependencies = {} } = publishedManifest(each, names);
      for (const [peer, range] of Object.entries(peerDependencies))
        if (names.includes(peer)) expect(range, `${each.name}: ${peer}`).toBe(`^${version}`);
    }
  }
});

/** Installs moe 0.1.0, with its manifest as published, and an engine of a version. @returns what npm says if it refuses */
function installWith(version: string): string | undefined {
  const packages = publicPackages(root);
  const names = packages.map(({ name }) => name);
  const tarballs = ["@deepgrain/moe", "@deepgrain/tensor-gpu"].map((name) => {
    const one = packages.find((each) => each.name === name)!;
    const { peerDependencies } = publishedManifest(one, names);
    const manifest = name.endsWith("moe") ? { peerDependencies } : { version };
    return pack(join(folder, `${one.path.split("/").at(-1)}-${version}`), toyFiles(name, manifest));
  });
  const project = join(folder, `project-${version}`);
  writeFiles(project, { "package.json": '{ "private": true }' });
  try {
    run(project, "npm", "install", "--no-audit", "--no-fund", "--offline", ...tarballs);
    return undefined;
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

it("lets npm refuse an old moe with a newer engine, naming both versions", () => {
  expect(installWith("0.1.7")).toBeUndefined();
  const said = installWith("0.9.0")!;
  expect(said).toContain("ERESOLVE");
  expect(said).toMatch(/Found: @deepgrain\/tensor-gpu@0\.9\.0/);
  expect(said).toMatch(/peer @deepgrain\/tensor-gpu@"\^0\.1\.0" from @deepgrain\/moe@0\.1\.0/);
});
