import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const binary = (name: string) => join(packageFolder, "node_modules/.bin", name);

const USE = `
import { nn, randn, type Tensor, tensor } from "@deepgrain/tensor-gpu";

const x: Tensor = randn([2, 3]);
const y: Tensor = x.matmul(randn([3, 4])).relu();
const values: Float32Array | Int32Array = y.softmax({ dim: -1 }).sum({ dim: 0 }).dataSync();
const chosen: Tensor = y.where(tensor([true, false]), 0);
y.sum().backward();
const layer: Tensor = new nn.Linear(4, 2).forward(y).gelu();
export const all = [values, chosen, layer];
`;

const MISUSE = `
import { randn } from "@deepgrain/tensor-gpu";
export const wrong: string = randn([2, 3]).matmul(randn([3, 4])).relu();
`;

/** Packs the package from a build of its own, without sources, and unpacks it where a user would have it. */
function installTarball(folder: string): void {
  const built = join(folder, "built");
  mkdirSync(built);
  cpSync(join(packageFolder, "package.json"), join(built, "package.json"));
  execFileSync(binary("tsup"), ["--silent", "--out-dir", join(built, "dist")], {
    cwd: packageFolder,
    env: { ...process.env, DEEPGRAIN_BUILD: "" },
  });
  execFileSync(process.execPath, ["scripts/merge-method-types.mjs", join(built, "dist")], {
    cwd: packageFolder,
  });
  const packed = execFileSync(
    "npm",
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder],
    { cwd: built, encoding: "utf8" },
  );
  const installed = join(folder, "user/node_modules/@deepgrain/tensor-gpu");
  mkdirSync(installed, { recursive: true });
  const tarball = join(folder, packed.trim().split("\n").at(-1)!);
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
}

describe("the types of the packed tarball", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tensor-gpu-types-"));
    installTarball(folder);
    writeFileSync(join(folder, "user/package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "user/use.ts"), USE);
    writeFileSync(join(folder, "user/misuse.ts"), MISUSE);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const compile = (file: string, resolution: readonly string[]) => {
    const strict = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022"];
    const libraries = ["--lib", "es2023,esnext.disposable,dom"];
    const args = [...strict, ...libraries, ...resolution, file];
    return spawnSync(binary("tsc"), args, { cwd: join(folder, "user"), encoding: "utf8" }).stdout;
  };

  it.each([
    ["Node's resolution", ["--module", "nodenext"]],
    ["a bundler's resolution", ["--module", "esnext", "--moduleResolution", "bundler"]],
  ])("give tensors their methods under %s, strict and with library checks", (_, resolution) => {
    expect(compile("use.ts", resolution)).toBe("");
  });

  it("know what methods return", () => {
    expect(compile("misuse.ts", ["--module", "nodenext"])).toMatch(
      /'Tensor' is not assignable to type 'string'/,
    );
  });
});
