import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("has at most 150 lines, and an example of at most 15", () => {
  expect(readFileSync(`${folder}README.md`, "utf8").split("\n").length).toBeLessThanOrEqual(150);
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code that runs and prints what the comments say", async () => {
  const worker = await buildWorker();
  const replace = { "createSandbox()": `createSandbox({ worker: new URL("${worker}") })` };
  const logged = await runPage(folder, "README.md", { replace });
  expect(logged.map((block) => block.flat())).toEqual([
    [["util.py", "main.py"], true, 50],
    ["add(1, 2) is -1, not 3", "budget"],
    [0.5],
    ["alphabetic", [[0, 2]], 1, ["./a"], "//"],
  ]);
});
