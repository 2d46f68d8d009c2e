/** @file Runs every block of the README as a user would who installed the packed tarball. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const blocks = [
  ...readFileSync(join(folder, "README.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm),
].map(([, code]) => code!);
let consumer: string;

beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), "deepgrain-scaling-laws-"));
  const packed = join(consumer, "package");
  for (const path of ["package.json", "README.md", "src"])
    cpSync(join(folder, path), join(packed, path), { recursive: true });
  const tsup = join(folder, "node_modules/.bin/tsup");
  execFileSync(tsup, ["--out-dir", join(packed, "dist"), "--silent"], {
    cwd: folder,
    env: { ...process.env, DEEPGRAIN_BUILD: "run" }, // no type declarations
  });
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: packed });
  const tarball = readdirSync(packed).find((name) => name.endsWith(".tgz"))!;
  const modules = join(consumer, "node_modules");
  const installed = join(modules, "@deepgrain/scaling-laws");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(packed, tarball), "--strip-components=1", "-C", installed]);
  for (const name of ["ml-levenberg-marquardt", "pure-rand"])
    symlinkSync(realpathSync(join(folder, "node_modules", name)), join(modules, name));
}, 60_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

/** What a block prints. */
function printed(block: number): string[] {
  const file = join(consumer, `block-${block}.mjs`);
  writeFileSync(file, blocks[block]!);
  return execFileSync(process.execPath, [file], { cwd: consumer, encoding: "utf8" })
    .trimEnd()
    .split("\n");
}

it("plans a budget by DeepSeek's law", () => {
  expect(printed(0)).toEqual(["5.25e+9 1.90e+10", "9.86e-4 248 18749", "1"]);
});

it("fits a table and plans from it", () => {
  const lines = printed(1);
  expect(lines[0]).toBe("0.50");
  expect(lines.join("").match(/'ok'/g)).toHaveLength(5);
  expect(lines.slice(-3)).toEqual(["no run has batchTokens", "2.46 39", "42278584320"]);
});

it("imports an export of W&B and a metrics folder", () => {
  expect(printed(2)).toEqual(["1024000 b", "6.9 256000000"]);
});

it("compares laws and measures, and fits the parametric law", () => {
  expect(printed(3)).toEqual([
    "DeepSeek LLM 5.7e+10",
    "Chinchilla 9.1e+10",
    "Chinchilla, refitted 6.0e+10",
    "Kaplan 3.9e+10",
    "0.43 1.32",
    "4.3",
    "4.1e+23",
    "0.348",
  ]);
});

it("runs every block", () => {
  expect(blocks).toHaveLength(4);
});
