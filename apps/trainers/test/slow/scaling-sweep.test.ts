import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";
import { expectStudyPage } from "../support/expect-study-page";

const keys = ["budget", "layers", "width", "tokens", "batchTokens", "lr", "loss", "bpb", "seed"];

it("compare deepseek-llm shows its claims, and writes the table of runs that scaling fit reads", async () => {
  const cwd = await temporaryFolder();
  const quick = ["compare", "deepseek-llm", "--quick", "--workers", "1", "--seeds", "2"];
  const args = [...quick, "--experiments", "C-2,C-5", "--out", "run"];
  const { code, out, err } = await call(args, { cwd });
  expect(code, err).toBe(0);
  expect(out).toContain("multi-step = cosine (±0.02)");
  const { results } = await expectStudyPage(join(cwd, "run"));
  const [multiStep, cosine, continued] = ["multi-step", "cosine", "cosine-continued"].map(
    (name) =>
      results.runs.find(({ variant }) => variant === `schedule/${name}`).result.schedule.steps,
  );
  expect(multiStep).toBeLessThan(0.8 * cosine); // the first stage is shared
  expect(continued).toBeCloseTo((2 / 3) * cosine, 0);
  const lines = (await readFile(join(cwd, "run", "runs.jsonl"), "utf8")).trim().split("\n");
  expect(lines).toHaveLength(36);
  for (const key of keys) expect(JSON.parse(lines[0]!)).toHaveProperty(key);
  const fit = ["scaling", "fit", "--runs", "run/runs.jsonl", "--min-budgets", "3", "--json"];
  const law = JSON.parse((await call(fit, { cwd })).out);
  expect(law.batchSize.exponent.value).toEqual(expect.any(Number));
  expect(law.learningRate.exponent.value).toEqual(expect.any(Number));
});
