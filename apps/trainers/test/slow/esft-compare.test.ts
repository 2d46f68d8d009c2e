import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StudyRuns } from "@deepgrain/lab";
import type { EsftResult } from "@deepgrain/studies/esft/quantities";
import type { EsftSettings } from "@deepgrain/studies/esft/recipe";
import { describe, expect, it } from "vitest";
import { call, temporaryFolder } from "../call";

const tiny = [
  ...["compare", "esft", "--quick", "--pretrain-steps", "3", "--steps", "2"],
  ...["--seeds", "2", "--workers", "1", "--out", "run"],
];

const read = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

describe("compare esft", () => {
  it("goes on after an abort, and comes to table, JSON and page", async () => {
    const cwd = await temporaryFolder();
    const abort = new AbortController();
    const args = [...tiny, "--tasks", "phones", "--experiments", "B-1,B-2,B-3,B-4,B-10"];
    const stopped = call(args, { cwd, signal: abort.signal });
    const first = join(cwd, "run/runs/base/seed-1.json");
    const watching = setInterval(() => {
      if (existsSync(first)) abort.abort(new Error("interrupted"));
    }, 5);
    expect(await stopped).toMatchObject({ code: 130, err: expect.stringContaining("goes on in") });
    clearInterval(watching);
    const { mtimeMs } = await stat(first);
    expect(existsSync(join(cwd, "run/artifacts/bases/seed-1/model.safetensors"))).toBe(true);
    expect(existsSync(join(cwd, "run/results.json"))).toBe(false);

    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(err).toMatch(/1 runs were there already/);
    expect((await stat(first)).mtimeMs).toBe(mtimeMs);
    expect(out).toContain("task loss: ESFT-Token < random experts");
    expect(await readdir(join(cwd, "run/artifacts/checkpoints"))).toEqual([]);
    const page = await readFile(join(cwd, "run/report.html"), "utf8");
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);

    const result = await read(cwd, "run/results.json");
    expect(result.seeds).toEqual([1, 2]);
    for (const { outcome, difference, cause } of result.claims) {
      expect(["resolved", "reversed", "not resolved"]).toContain(outcome);
      expect(difference.interval).toHaveLength(2);
      expect(cause === "").toBe(outcome === "resolved");
    }
    checkTunings(result);
    checkCosts(result);
  });

  it("trains parts, compares samples and tunes coarser models that load as any other", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--seeds", "1", "--tasks", "phones", "--experiments", "B-6,B-7,B-8"];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(out).toContain("points of exact match lost in groups of 4: FFT < ESFT-Token");
    const { runs, settings }: Runs = await read(cwd, "run/results.json");
    const of = (variant: string) => runs.find((run) => run.variant === variant)!.result;
    const trained = (id: string) => of(`phones/${id}`).tuning!.trainedParameters;
    const expert = 3 * settings.hiddenSize * settings.expertSize;
    expect(trained("shared")).toBe(2 * expert); // one in each of two layers
    expect(trained("token-shared")).toBe(trained("esft-token") + 2 * expert);
    expect(trained("shared-rest")).toBe(trained("full") - 2 * settings.experts * expert);
    expect(of("phones/shared").tuning!.experts).toEqual({ "1": [], "2": [] });
    expect(of("samples").agreement!.map(({ tokens }) => tokens)).toEqual([2 ** 8, 2 ** 11]);
    const config = await read(cwd, "run/artifacts/bases/seed-1-groups-4/config.json");
    expect(config).toMatchObject({ n_routed_experts: 4, num_experts_per_tok: 1 });
    expect(of("base-groups-4").scores![0]!.token["1"]).toHaveLength(4);
    const coarse = Object.values(of("phones/esft-token-groups-4").tuning!.experts!).flat().length;
    expect(trained("esft-token-groups-4")).toBe(coarse * 4 * expert);
  });

  it("refuses a folder with other settings, and does again what is damaged or gone", async () => {
    const cwd = await temporaryFolder();
    const args = [...tiny, "--experiments", "B-1"];
    expect((await call(args, { cwd })).code).toBe(0);
    const other = await call([...args, "--general-share", "0.25"], { cwd });
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain("other settings (generalShare was 0.5, is 0.25)");
    const scores = async () => (await read(cwd, "run/runs/base/seed-1.json")).result;
    const first = await scores();
    await writeFile(join(cwd, "run/runs/base/seed-1.json"), '{"seed": "one"}');
    const broken = await call(args, { cwd });
    expect(broken).toMatchObject({ code: 0, err: expect.stringContaining("seed-1.json is done") });
    expect(await scores()).toEqual(first);

    // Trained and scored anew, it comes out the same.
    await rm(join(cwd, "run/artifacts/bases"), { recursive: true });
    await rm(join(cwd, "run/runs/base/seed-1.json"));
    expect((await call(args, { cwd })).code).toBe(0);
    expect(await scores()).toEqual(first);
  });

  it("refuses unknown experiments and tasks, and two sizes", async () => {
    const unknown = await call(["compare", "esft", "--experiments", "B-9"]);
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain(
      'may name B-1, B-2, B-3, B-4, B-5, B-6, B-7, B-8, B-10, got "B-9"',
    );
    expect((await call(["compare", "esft", "--tasks", "latin"])).err).toContain("turkish, phones");
    expect((await call(["compare", "esft", "--quick", "--full"])).code).toBe(2);
  });
});

type Runs = StudyRuns<EsftSettings, EsftResult>;

/** All methods start from the same model, and ESFT trains whole experts alone. */
function checkTunings({ runs, settings }: Runs): void {
  expect(runs.filter(({ variant }) => variant.startsWith("phones/"))).toHaveLength(14);
  for (const seed of [1, 2]) {
    const own = runs.filter((run) => run.seed === seed && run.result.tuning);
    const of = (method: string) =>
      own.find(({ variant }) => variant === `phones/${method}`)!.result.tuning!;
    expect(new Set(own.map(({ result }) => result.tuning!.curve[0]!.loss)).size).toBe(1);
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
}

function checkCosts({ runs }: Runs): void {
  const costs = runs.flatMap(({ result }) => result.costs ?? []);
  const timed = ["full", "lora", "esft-token", "esft-gate"];
  expect(costs.map(({ method }) => method)).toEqual([...timed, ...timed]);
  for (const { trainedParameters, optimizerBytes, gradientBytes, peakBytes } of costs) {
    expect(optimizerBytes).toBe(8 * trainedParameters);
    // Experts without a token get no gradient.
    expect(gradientBytes).toBeLessThanOrEqual(4 * trainedParameters);
    expect(peakBytes).toBeGreaterThan(4 * trainedParameters);
  }
}
