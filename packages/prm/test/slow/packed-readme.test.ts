/** @file Runs every block of the README as a user would who installed the packed tarball and nothing else. */
import { execFile, execFileSync } from "node:child_process";
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
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMockEndpoint } from "../support/mock-endpoint";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const blocks = [
  ...readFileSync(join(folder, "README.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm),
].map(([, code]) => code!);
let consumer: string;

beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), "deepgrain-prm-packed-"));
  const packed = join(consumer, "package");
  for (const path of ["package.json", "README.md", "src"])
    cpSync(join(folder, path), join(packed, path), { recursive: true });
  execFileSync(
    join(folder, "node_modules/.bin/tsup"),
    ["--out-dir", join(packed, "dist"), "--silent"],
    {
      cwd: folder,
      env: { ...process.env, DEEPGRAIN_BUILD: "run" }, // no type declarations
    },
  );
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: packed });
  const tarball = readdirSync(packed).find((name) => name.endsWith(".tgz"))!;
  const modules = join(consumer, "node_modules");
  const installed = join(modules, "@deepgrain/prm");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(packed, tarball), "--strip-components=1", "-C", installed]);
  symlinkSync(realpathSync(join(folder, "node_modules/jsep")), join(modules, "jsep"));
  rmSync(packed, { recursive: true });
}, 60_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

/** What a block prints. */
async function printed(block: number, env: Record<string, string> = {}): Promise<string[]> {
  const file = join(consumer, `block-${block}.mjs`);
  writeFileSync(file, blocks[block]!);
  const run = promisify(execFile)(process.execPath, [file], {
    cwd: consumer,
    env: { ...process.env, ...env },
  });
  return (await run).stdout.trimEnd().split("\n");
}

/** What the comments of a block say that it prints. */
const promised = (block: number) =>
  [
    ...blocks[block]!.matchAll(/console\.log\(.*\/\/ ([^:;\n]*?)(?:, before anything is sent)?$/gm),
  ].map(([, text]) => text!);

it("trains a reward model on annotated steps and verifies an answer", async () => {
  expect(await printed(0)).toEqual(promised(0));
});

it("verifies with an endpoint", async () => {
  await using server = await startMockEndpoint(async (_, { seeds }) =>
    seeds.map(() => "2 + 3 = 5\nThe answer is: 5"),
  );
  expect(await printed(1, { LLM_URL: server.baseUrl })).toEqual(promised(1));
  expect(server.requests).toHaveLength(4);
});

it("annotates into a journal", async () => {
  expect(await printed(2)).toEqual(promised(2));
});

it("grades, searches, reads and evaluates", async () => {
  expect(await printed(3)).toEqual(promised(3));
});

it("runs every block, and none loads tensors", () => {
  expect(blocks).toHaveLength(4);
  expect(readdirSync(join(consumer, "node_modules/@deepgrain"))).toEqual(["prm"]);
});
