import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("begins the README with an example of at most 15 lines", () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code in the README that runs and prints what the comments say", async () => {
  const [first, trained, counted] = await runPage(folder, "README.md");
  const [shape, loss] = first!.flat();
  expect(shape).toEqual([64, 3]);
  expect(loss).toBeCloseTo(0.001, 3);
  expect(trained?.flat(2)).toEqual(
    [3, 3, 7, 7].map((e, i) => `experts.${e}.${i % 2 ? "down" : "gateUp"}`),
  );
  expect(counted?.[0]).toEqual([16_375_728_128, 2_828_650_496]);
});
