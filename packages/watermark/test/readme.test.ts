import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("begins the README with an example of at most 15 lines", () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("shows code in the README that runs and prints what the comments say", async () => {
  const [marking, detecting] = await runPage(folder, "README.md");
  const [verdict, , bits] = marking!.flat();
  expect(verdict).toBe("found");
  expect(bits).toEqual(Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0));
  expect(detecting?.flat()).toEqual(["not-found", "a plain text"]);
});
