import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmeExample, runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("begins the README with an example of at most 15 lines, on a page of at most 150", () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
  expect(readFileSync(join(folder, "README.md"), "utf8").split("\n").length).toBeLessThanOrEqual(
    150,
  );
});

it("shows code in the README that runs and prints what the comments say", async () => {
  const [first, fisher, attack] = await runPage(folder, "README.md");
  expect(first).toEqual([[["1.1", "1.0", "1.2", "1.0"]], [0.25]]);
  expect(fisher).toEqual([[656, ["weight"]]]);
  expect(attack?.[0]).toEqual([[1]]);
  expect(attack?.[1]).toEqual([
    "ASR 100.0 % of 1 (triggered test rows whose true label is not the target class 1)",
  ]);
});
