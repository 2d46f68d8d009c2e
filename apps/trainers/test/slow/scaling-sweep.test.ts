import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, temporaryFolder } from "../call";

const quick = ["compare", "deepseek-llm", "--quick", "--workers", "1"];

describe("compare deepseek-llm", () => {
  it("compares schedules, the multi-step one continued from its first stage", async () => {
    const cwd = await temporaryFolder();
    const args = [...quick, "--experiments", "C-5", "--seeds", "2", "--out", "run"];
    const { code, out, err } = await call(args, { cwd });
    expect(err).toContain("6 runs");
    expect(code).toBe(0);
    expect(out).toContain("multi-step = cosine (±0.02)");
    const { runs } = JSON.parse(await readFile(join(cwd, "run", "results.json"), "utf8"));
    const steps = runs.map(
      ({ result }: { result: { schedule: { steps: number } } }) => result.schedule.steps,
    );
    const [multiStep, cosine, continued] = steps;
    expect(multiStep).toBeLessThan(0.8 * cosine); // the first stage is shared
    expect(continued).toBeCloseTo((2 / 3) * cosine, 0);
    expect(await readFile(join(cwd, "run", "runs.jsonl"), "utf8")).toBe("");
    expect((await call(args, { cwd })).err).toContain("6 runs were there already");
  });

  it("writes the table of runs in the form that scaling fit reads", async () => {
    const cwd = await temporaryFolder();
    const args = [...quick, "--experiments", "C-2", "--seeds", "1", "--out", "run"];
    expect(await call(args, { cwd })).toMatchObject({ code: 0 });
    const lines = (await readFile(join(cwd, "run", "runs.jsonl"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(18);
    for (const key of [
      "budget",
      "layers",
      "width",
      "tokens",
      "batchTokens",
      "lr",
      "loss",
      "bpb",
      "seed",
    ])
      expect(JSON.parse(lines[0]!)).toHaveProperty(key);
    const fit = ["scaling", "fit", "--runs", "run/runs.jsonl", "--min-budgets", "3", "--json"];
    const law = JSON.parse((await call(fit, { cwd })).out);
    expect(law.batchSize.exponent.value).toEqual(expect.any(Number));
    expect(law.learningRate.exponent.value).toEqual(expect.any(Number));
  });

  it("refuses two sizes, and a folder of other settings", async () => {
    const cwd = await temporaryFolder();
    expect((await call([...quick, "--full"], { cwd })).code).toBe(2);
    const { code, err } = await call([...quick, "--experiments", "C-9"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("--experiments may name C-1, C-2, C-3, C-4, C-5, C-6, C-7");
  });
});

describe("compare dpo", () => {
  it("shows that preferences are learned, and keeps the KL under its bound", async () => {
    const cwd = await temporaryFolder();
    const args = ["compare", "dpo", "--quick", "--workers", "1", "--out", "run", "--json"];
    const { code, out } = await call(args, { cwd });
    expect(code).toBe(0);
    const { claims, runs } = JSON.parse(out);
    expect(claims).toHaveLength(12);
    const means = (key: string) =>
      runs.reduce(
        (sum: number, { result }: { result: Record<string, number> }) => sum + result[key]!,
        0,
      ) / runs.length;
    expect(means("accuracyAfter")).toBeGreaterThan(means("accuracyBefore") + 0.1);
    expect(means("winRate")).toBeGreaterThan(0.5);
    for (const { result } of runs) {
      expect(result.highestKl).toBeLessThanOrEqual(0.5);
      expect(result.kl).toBeLessThanOrEqual(result.highestKl);
    }
  });
});
