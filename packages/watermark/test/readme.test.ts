import { fileURLToPath } from "node:url";
import { readmeExample, runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows an example of at most 15 lines in the README that runs", async () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
  const [verdict, , bits] = (await runReadmeExample(folder)).flat();
  expect(verdict).toBe("found");
  expect(bits).toEqual(Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0));
});
