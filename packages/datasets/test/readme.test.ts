import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("begins the README with an example of at most 15 lines", () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code in the README that runs and prints what the comments say", async () => {
  const [speeches, parsers] = await runPage(folder, "README.md");
  expect(speeches?.[0]).toEqual([1790, "George Washington", 8356]);
  expect(speeches?.at(-1)).toEqual([210, 23]);
  expect(parsers).toEqual([[[{ name: "Ada", age: "36" }]], [2]]);
});
