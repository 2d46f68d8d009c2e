/** @file Workflows run foreign code by its hash, and hand no key of the repository to what they run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("../../../.github/workflows", import.meta.url));
const workflows = readdirSync(folder).map((name) => [
  name,
  readFileSync(join(folder, name), "utf8"),
]);

it.each(workflows)("%s names actions by commit, with their version beside it", (_, text) => {
  const uses = text!.match(/uses:.*/g) ?? [];
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses)
    expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it.each(workflows)("%s leaves no key behind when it has checked out", (_, text) => {
  const steps = text!.split(/^ +- /m).filter((step) => step.includes("actions/checkout@"));
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).toContain("persist-credentials: false");
});
