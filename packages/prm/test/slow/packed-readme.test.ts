/** @file Runs every block of the README as a user would who installed the packed tarball and nothing else. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PackedProject, packedProject, readmeBlocks } from "@deepgrain/vitest/packed";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMockEndpoint } from "../support/mock-endpoint";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const blocks = readmeBlocks(packageFolder);
let project: PackedProject;
beforeAll(() => {
  project = packedProject(packageFolder, ["eventsource-parser"]);
});
afterAll(() => project.remove());

/** The lines that a block prints, by its comments. */
const promised = (block: number) =>
  [
    ...blocks[block]!.matchAll(/console\.log\(.*\/\/ ([^:;\n]*?)(?:, before anything is sent)?$/gm),
  ].map(([, text]) => text!);

it.each<[number, string]>([
  [0, "trains a reward model on annotated steps and verifies an answer"],
  [2, "annotates into a journal"],
  [3, "grades, searches, reads and evaluates"],
])("prints what block %i says: %s", async (block, _name) => {
  expect(await project.run(blocks[block]!)).toEqual(promised(block));
});

it("verifies with an endpoint", async () => {
  await using server = await startMockEndpoint(async (_, { seeds }) =>
    seeds.map(() => "2 + 3 = 5\nThe answer is: 5"),
  );
  expect(await project.run(blocks[1]!, { LLM_URL: server.baseUrl })).toEqual(promised(1));
  expect(server.requests).toHaveLength(4);
});

it("runs every block but the one about models, and none loads tensors", () => {
  expect(blocks).toHaveLength(5); // the last one runs in test/readme.test.ts
  expect(blocks[4]).toContain("@deepgrain/prm/lm");
  expect(readdirSync(join(project.folder, "node_modules/@deepgrain"))).toEqual(["prm"]);
});
