import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ComparisonResult } from "../../src/papers/esft/summarize";
import { call, temporaryFolder } from "../call";

const tiny = [
  ...["esft", "compare", "--quick", "--pretrain-steps", "3", "--steps", "2"],
  ...["--seeds", "2", "--workers", "1", "--out", "run"],
];

const read = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

describe("esft compare", () => {
  it("goes on after an abort, and comes to table, JSON and page", async () => {
    const cwd = await temporaryFolder();
    const abort = new AbortController();
    const args = [...tiny, "--tasks", "phones", "--experiments", "B-1,B-2,B-3,B-4,B-10"];
    const stopped = call(args, { cwd, signal: abort.signal });
    const first = join(cwd, "run/scores/seed-1.json");
    const watching = setInterval(() => {
      if (existsSync(first)) abort.abort(new Error("interrupted"));
    }, 5);
    expect(await stopped).toMatchObject({ code: 130, err: expect.stringContaining("goes on in") });
    clearInterval(watching);
    const { mtimeMs } = await stat(first);
    expect(existsSync(join(cwd, "run/bases/seed-1/model.safetensors"))).toBe(true);
    expect(existsSync(join(cwd, "run/comparison.json"))).toBe(false);

    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(err).toMatch(/1 trainings were there already/);
    expect((await stat(first)).mtimeMs).toBe(mtimeMs);
    expect(out).toContain("task loss: ESFT-Token < random experts");
    expect(await readdir(join(cwd, "run/checkpoints"))).toEqual([]);
    const page = await readFile(join(cwd, "run/report.html"), "utf8");
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);

    const result: ComparisonResult = await read(cwd, "run/comparison.json");
    expect(result.seeds).toEqual([1, 2]);
    for (const { verdict, difference, cause } of result.claims) {
      expect(verdict).toMatch(/^(not )?resolved|^no difference/);
      expect(difference.interval).toHaveLength(2);
      expect(cause === "").toBe(verdict === "resolved" || verdict.startsWith("no difference"));
    }
    checkTunings(result);
    checkCosts(result);
  });

  it("refuses a folder with other settings and results of another form", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--experiments", "B-1"];
    expect((await call(args, { cwd })).code).toBe(0);
    const other = await call([...args, "--general-share", "0.25"], { cwd });
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain("other settings (generalShare was 0.5, is 0.25)");
    const scores = async () => read(cwd, "run/scores/seed-1.json");
    const first = await scores();
    await writeFile(join(cwd, "run/scores/seed-1.json"), '{"seed": "one"}');
    const broken = await call(args, { cwd });
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining("seed-1.json") });

    // Trained and scored anew, it comes out the same.
    await rm(join(cwd, "run/bases"), { recursive: true });
    await rm(join(cwd, "run/scores/seed-1.json"));
    expect((await call(args, { cwd })).code).toBe(0);
    expect(await scores()).toEqual(first);
  });

  it("refuses unknown experiments and tasks, and two sizes", async () => {
    const unknown = await call(["esft", "compare", "--experiments", "B-6"]);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('may name B-1, B-2, B-3, B-4, B-5, B-10, got "B-6"');
    expect((await call(["esft", "compare", "--tasks", "latin"])).err).toContain("turkish, phones");
    expect((await call(["esft", "compare", "--quick", "--full"])).code).toBe(2);
  });
});

/** All methods start from the same model, and ESFT trains whole experts alone. */
function checkTunings({ results, methods, settings }: ComparisonResult): void {
  expect(results.tunings).toHaveLength(12);
  for (const seed of [1, 2]) {
    const own = results.tunings.filter((tuning) => tuning.seed === seed);
    const of = (method: string) => own.find((tuning) => tuning.method === method)!;
    expect(new Set(own.map(({ curve }) => curve[0]!.loss)).size).toBe(1);
    const [token, random] = [of("esft-token"), of("random")];
    const counts = (experts: Record<string, number[]> | null) =>
      Object.values(experts!).map((list) => list.length);
    expect(counts(random.experts)).toEqual(counts(token.experts));
    const chosen = counts(token.experts).reduce((a, b) => a + b);
    expect(token.trainedParameters).toBe(3 * chosen * settings.hiddenSize * settings.expertSize);
    expect(token.storedBytes).toBe(4 * token.trainedParameters);
    expect(of("full").storedBytes).toBe(4 * of("full").trainedParameters);
    expect(of("lora").storedBytes).toBe(4 * of("lora").trainedParameters);
    expect(of("vanilla").trainedParameters).toBe(0);
  }
  expect(methods.map(({ method }) => method)).toContain("random");
}

function checkCosts({ costs }: ComparisonResult): void {
  expect(costs.map(({ method }) => method)).toEqual(["full", "lora", "esft-token", "esft-gate"]);
  for (const { trainedParameters, optimizerBytes, gradientBytes, peakBytes } of costs) {
    expect(optimizerBytes.mean).toBe(8 * trainedParameters.mean);
    // Experts without a token get no gradient.
    expect(gradientBytes.mean).toBeLessThanOrEqual(4 * trainedParameters.mean);
    expect(peakBytes.mean).toBeGreaterThan(4 * trainedParameters.mean);
  }
}
