import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("begins the README with an example of at most 15 lines", () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code in the README that runs and prints what the comments say", async () => {
  const [training, selection] = await runPage(folder, "README.md");
  expect(training?.flat().at(-1)).toEqual({ type: "train-end", step: 20 });
  expect(selection?.[0]).toMatchObject([{ experts: [1, 3] }]);
  expect(selection?.[1]).toEqual([new Map([[1, [1]]])]);
});
