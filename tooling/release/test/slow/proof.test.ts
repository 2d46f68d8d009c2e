/** @file A small proof: two packages, esbuild and types. It installs the programs from npm, and is skipped where npm has no registry. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@deepgrain/vitest/chromium";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { packAll } from "../../pack-all.mjs";
import { prove } from "../../proof/prove.mjs";
import { publishTarballs } from "../../publish.mjs";
import { publicPackages } from "../../workspace.mjs";
import { type FakeRegistry, startFakeRegistry } from "../support/fake-registry";

const root = join(import.meta.dirname, "../../../..");
const names = ["@deepgrain/tensor-gpu", "@deepgrain/moe"];
const only = [
  "publint",
  "attw",
  ...["5.6.3", "7.0.2"].flatMap((version) => [
    `TypeScript ${version}, bundler`,
    `TypeScript ${version}, nodenext`,
  ]),
  "install",
  "require(), Node 20.19",
  "esbuild, alone",
];
const ping = ["view", "esbuild@0.28.2", "version", "--fetch-retries=0"];
const isOnline = spawnSync("npm", ping, { stdio: "ignore" }).status === 0;

interface Proof {
  packages: string[];
  checks: string[];
  cells: { package: string; check: string; outcome: string; reason?: string }[];
}
const proofOf = prove as (release: object, options: { only: string[] }) => Promise<Proof>;

describe.skipIf(!isOnline)("a proof of two packages", () => {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-small-proof-"));
  let registry: FakeRegistry;
  let packages: { name: string; tarball: string }[];
  beforeAll(async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    registry = await startFakeRegistry();
    const tarballs = join(folder, "tarballs");
    mkdirSync(tarballs);
    const wanted = publicPackages(root).filter(({ name }) => names.includes(name));
    packages = packAll(root, tarballs, {}, wanted);
    const env = { npm_config_registry: registry.address, npm_config_fetch_retries: "0" };
    const cwd = createProject("publisher");
    await publishTarballs(packages, root, { cwd, env });
  });
  afterAll(() => {
    registry?.close();
    rmSync(folder, { recursive: true, force: true });
    vi.restoreAllMocks();
  });

  function createProject(name: string): string {
    const project = join(folder, name);
    mkdirSync(project);
    const { address } = registry;
    const npmrc = `@deepgrain:registry=${address}\n${address.slice(5)}:_authToken=token\n`;
    writeFileSync(join(project, ".npmrc"), npmrc);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    return project;
  }

  it("has a cell for each package and check, none of which failed", async () => {
    const release = { packages, env: {}, createProject };
    const { cells, ...proof } = await proofOf(release, { only });
    expect(proof.checks).toEqual(only);
    expect(proof.packages.toSorted()).toEqual(names.toSorted());
    expect(cells.map((cell) => `${cell.check}: ${cell.package}`).toSorted()).toEqual(
      only.flatMap((check) => names.map((name) => `${check}: ${name}`)).toSorted(),
    );
    const expected = (check: string) =>
      check.startsWith("esbuild") && !chromium ? "not available" : "ran";
    for (const { check, package: name, outcome, reason } of cells)
      expect.soft(outcome, `${name}, ${check}: ${reason}`).toBe(expected(check));
  });

  it("has a failed cell for a package that lacks a declaration", async () => {
    const [one] = packages.filter(({ name }) => name === "@deepgrain/moe");
    const broken = {
      ...one!,
      exports: { ".": { types: "./dist/none.d.ts" }, "./none": { types: "./dist/n.d.ts" } },
    };
    const release = {
      packages: [broken],
      env: {},
      createProject: (name: string) => createProject(`broken-${name}`),
    };
    const { cells } = await proofOf(release, { only: ["TypeScript 7.0.2, bundler"] });
    expect(cells).toMatchObject([
      { outcome: "failed", reason: expect.stringContaining("@deepgrain/moe/none") },
    ]);
  });
});
