import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { heldOutLine } from "@deepgrain/command-line/trainings/held-out-line";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { tinyTraining } from "../support/tiny-training";

it("has the perplexity of a loss per token, and none of other losses", () => {
  const about = { step: 50, steps: 200, value: Math.log(24.8) };
  expect(heldOutLine({ ...about, isPerToken: true })).toBe(
    "step 50 of 200 · held-out loss 3.2108, perplexity 24.8",
  );
  expect(heldOutLine({ ...about, isPerToken: false, more: "accuracy 0.700" })).toBe(
    "step 50 of 200 · held-out loss 3.2108 · accuracy 0.700",
  );
});

it("is printed once per evaluation of pretrain, the last after the last step", async () => {
  const cwd = await temporaryFolder();
  const err = await tinyTraining(cwd, "out");
  const lines = err.split("\n").filter((line) => line.includes("held-out"));
  const records = (await readFile(join(cwd, "out", "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const evaluations = records.filter(({ type }) => type === "eval-end");
  expect(evaluations.map(({ step }) => step)).toEqual([2, 4, 5]);
  expect(lines).toEqual(
    evaluations.map(({ step, loss }) =>
      heldOutLine({ step, steps: 5, value: loss, isPerToken: true }),
    ),
  );
  for (const { time } of records) expect(new Date(time).toISOString()).toBe(time);
});
