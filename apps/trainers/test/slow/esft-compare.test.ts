import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StudyRuns } from "@deepgrain/lab";
import type { EsftResult } from "@deepgrain/studies/esft/quantities";
import type { EsftSettings } from "@deepgrain/studies/esft/recipe";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";
import { expectStudyPage } from "../support/expect-study-page";

const tiny = [
  ...["compare", "esft", "--quick", "--pretrain-steps", "3", "--steps", "2"],
  ...["--seeds", "2", "--workers", "1", "--out", "run"],
];

const read = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

it("compare esft trains, measures and tunes what its experiments need, and shows its claims", async () => {
  const cwd = await temporaryFolder();
  const args = [...tiny, "--tasks", "phones"];
  const { code, out, err } = await call(args, { cwd });
  expect(code, err).toBe(0);
  expect(out).toContain("mark, %: random experts < ESFT-Token");
  expect(out).toContain("points of the mark lost in groups of 4: FFT < ESFT-Token");
  expect(out).toContain("Recorded (results.json.gz, 8 seeds)");
  expect(err).toContain("2 seeds decide nothing: effects only.");
  expect(await readdir(join(cwd, "run/artifacts/checkpoints"))).toEqual([]);
  const { results } = await expectStudyPage(join(cwd, "run"));
  expect(results.seeds).toEqual([1, 2]);
  for (const { outcome, cause } of results.claims) expect([outcome, cause]).toEqual([null, ""]);
  const runs = results as unknown as Runs;
  checkTunings(runs);
  checkCosts(runs);
  checkParts(runs);
  // Coarser models load as any other.
  const config = await read(cwd, "run/artifacts/bases/seed-1-groups-4/config.json");
  expect(config).toMatchObject({ n_routed_experts: 4, num_experts_per_tok: 1 });
});

type Runs = StudyRuns<EsftSettings, EsftResult>;

/** All methods start from the same model, and ESFT trains whole experts alone. */
function checkTunings({ runs, settings }: Runs): void {
  expect(runs.filter(({ variant }) => variant.startsWith("phones/"))).toHaveLength(32);
  for (const seed of [1, 2]) {
    const own = runs.filter(
      (run) => run.seed === seed && run.result.tuning && !run.variant.includes("groups"),
    );
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

/** Parts of a model train the parameters that they name; groups of experts train as one. */
function checkParts({ runs, settings }: Runs): void {
  const of = (variant: string) => runs.find((run) => run.variant === variant)!.result;
  const trained = (id: string) => of(`phones/${id}`).tuning!.trainedParameters;
  const expert = 3 * settings.hiddenSize * settings.expertSize;
  expect(trained("shared")).toBe(2 * expert); // one in each of two layers
  expect(trained("token-shared")).toBe(trained("esft-token") + 2 * expert);
  expect(trained("shared-rest")).toBe(trained("full") - 2 * settings.experts * expert);
  expect(of("phones/shared").tuning!.experts).toEqual({ "1": [], "2": [] });
  expect(of("samples").agreement!.map(({ tokens }) => tokens)).toEqual([2 ** 8, 2 ** 11]);
  expect(of("base-groups-4").scores![0]!.token["1"]).toHaveLength(4);
  const coarse = Object.values(of("phones/esft-token-groups-4").tuning!.experts!).flat().length;
  expect(trained("esft-token-groups-4")).toBe(coarse * 4 * expert);
}
