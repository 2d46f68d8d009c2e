import { fileURLToPath } from "node:url";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("begins the README with an example of at most 15 lines", () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code in the README that runs and prints what the comments say", async () => {
  manualSeed(0); // as in a process that has drawn nothing
  const [training, batch, encoder] = await runPage(folder, "README.md");
  expect(training).toHaveLength(81);
  expect(training?.at(-1)).toEqual(["brown fox"]);
  expect(batch).toEqual([
    [
      [
        [0, 4],
        [1, 12],
      ],
    ],
  ]);
  expect(encoder).toEqual([[60], [[0, 1]]]);
});
