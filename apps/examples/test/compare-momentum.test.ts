import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimsText } from "@deepgrain/lab";
import { expect, it } from "vitest";
import { compareMomentum } from "../src/compare-momentum";

const source = new URL("../src/compare-momentum.ts", import.meta.url);

it("judges two variants by five paired seeds and writes a report, in at most 80 lines", async () => {
  expect((await readFile(source, "utf8")).trimEnd().split("\n").length).toBeLessThanOrEqual(80);
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-example-"));
  try {
    const judgement = await compareMomentum(folder);
    const [claim] = judgement.claims;
    expect(claim!.difference.seeds).toBe(5);
    expect(claimsText(judgement)).toMatch(
      /^Momentum helps +as claimed .* squared error: with momentum < without momentum/m,
    );
    const page = await readFile(join(folder, "report.html"), "utf8");
    expect(page).toContain("How they learn");
    expect(page).not.toMatch(/NaN|undefined/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
