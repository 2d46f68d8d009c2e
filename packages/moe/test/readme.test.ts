import { fileURLToPath } from "node:url";
import { readmeExample, runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows an example of at most 15 lines in the README that runs", async () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
  const [shape, loss] = (await runReadmeExample(folder)).flat();
  expect(shape).toEqual([64, 3]);
  expect(loss).toBeCloseTo(0.001, 3);
});
