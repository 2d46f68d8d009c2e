/** @file Runs every block of the README as a user would who installed the packed tarball. */
import { fileURLToPath } from "node:url";
import { type PackedProject, packedProject, readmeBlocks } from "@deepgrain/vitest/packed";
import { afterAll, beforeAll, expect, it } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const blocks = readmeBlocks(packageFolder);
let project: PackedProject;
beforeAll(() => {
  project = packedProject(packageFolder, ["ml-levenberg-marquardt", "pure-rand"]);
});
afterAll(() => project.remove());

/** The lines that a block prints. */
const printed = (block: number) => project.run(blocks[block]!);

it("plans a budget by DeepSeek's law", async () => {
  expect(await printed(0)).toEqual(["5.25e+9 1.90e+10", "9.86e-4 248 18749", "1"]);
});

it("fits a table and plans from it", async () => {
  const lines = await printed(1);
  expect(lines[0]).toBe("0.50");
  expect(lines.join("").match(/'ok'/g)).toHaveLength(5);
  expect(lines.slice(-3)).toEqual(["no run has batchTokens", "2.46 39", "42278584320"]);
});

it("imports an export of W&B and a metrics folder", async () => {
  expect(await printed(2)).toEqual(["1024000 b", "6.9 256000000"]);
});

it("compares laws and measures, and fits the parametric law", async () => {
  expect(await printed(3)).toEqual([
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
