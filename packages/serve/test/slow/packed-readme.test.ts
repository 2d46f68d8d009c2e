/** @file Runs every block of the README as a user would who installed the packed tarballs that it names, and nothing else. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PackedProject, packedProject, readmeBlocks } from "@deepgrain/vitest/packed";
import { afterAll, beforeAll, expect, it } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const blocks = readmeBlocks(packageFolder);
let project: PackedProject;
beforeAll(() => {
  project = packedProject(packageFolder, ["@deepgrain/lm", "@deepgrain/tensor-gpu", "hono"]);
});
afterAll(() => project.remove());

it.each([
  ["answers a completion", 0, ["5"]],
  ["answers its own names to those who have a key", 1, ["200", "403"]],
  ["opens the door of Ollama", 2, ["{ models: [] }"]],
] as const)("%s", async (_, block, lines) => {
  expect(await project.run(blocks[block]!)).toEqual(lines);
});

it("runs every block, beside our packages that these need", () => {
  expect(blocks).toHaveLength(3);
  const names = readdirSync(join(project.folder, "node_modules/@deepgrain"));
  expect(names.sort()).toEqual(["lm", "moe", "serve", "tensor-gpu", "trainer"]);
});
