import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("has at most 150 lines, and an example of at most 15", () => {
  expect(readFileSync(`${folder}README.md`, "utf8").split("\n").length).toBeLessThanOrEqual(150);
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code that runs and prints about what its comments say", async () => {
  expect(await runPage(folder, "README.md")).toHaveLength(4);
});
