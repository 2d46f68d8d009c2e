import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("has at most 150 lines, and an example of at most 15", () => {
  expect(readFileSync(`${folder}README.md`, "utf8").split("\n").length).toBeLessThanOrEqual(150);
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code that runs and prints what the comments say", async () => {
  const logged = await runPage(folder, "README.md");
  expect(logged.map((block) => block.flat())).toEqual([[5], [200, 403], [{ models: [] }]]);
});

it("imports no module of Node in its sources", () => {
  const sources = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" });
  for (const file of sources.filter((name) => name.endsWith(".ts")))
    expect(readFileSync(join(folder, "src", file), "utf8"), file).not.toMatch(/from "node:/);
});
