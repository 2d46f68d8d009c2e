import { fileURLToPath } from "node:url";
import { readmeExample, runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows an example of at most 15 lines in the README that runs", async () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
  const logged = await runReadmeExample(folder);
  expect(logged[0]).toEqual([1790, "George Washington", 8356]);
  expect(logged.at(-1)).toEqual([210, 23]);
});
