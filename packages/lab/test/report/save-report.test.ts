import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drain, judge, LabError, runStudy, saveReport } from "@deepgrain/lab";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { coins } from "../support/coin-study";

it("writes the page and the results of a study beside its runs, which then goes on", async () => {
  const folder = await temporaryFolder();
  const runs = await drain(runStudy(coins, { folder, seeds: [1, 2, 3] }));
  const judgement = await saveReport(coins, runs, { folder });
  const results = JSON.parse(await readFile(join(folder, "results.json"), "utf8"));
  expect(results).toEqual({ ...runs, claims: judgement.claims });
  expect(judgement.claims[0]!.outcome).toBe("as claimed");
  expect(await readFile(join(folder, "report.html"), "utf8")).toContain("<h1>Two coins</h1>");
  expect((await drain(runStudy(coins, { folder, seeds: [1] }))).runs).toHaveLength(2);
});

it("is written by the study itself while no other process can take the folder", async () => {
  const folder = await temporaryFolder();
  const found: string[][] = [];
  const runs = await drain(
    runStudy(coins, { folder, seeds: [1, 2], report: { verdicts: false } }),
    (event) => {
      if (event.type === "study-end") found.push(readdirSync(folder));
    },
  );
  expect(found[0]).toEqual(expect.arrayContaining([".lock", "report.html", "results.json"]));
  const results = JSON.parse(await readFile(join(folder, "results.json"), "utf8"));
  expect(results).toMatchObject({ seeds: [1, 2], runs: runs.runs, claims: [{ outcome: null }] });
  expect(readdirSync(folder)).not.toContain(".lock");
});

it("says why it cannot write", async () => {
  const folder = await temporaryFolder();
  const runs = await drain(runStudy(coins, { folder: join(folder, "study"), seeds: [1, 2] }));
  await writeFile(join(folder, "file"), "");
  const below = join(folder, "file", "below");
  const error = await saveReport(coins, runs, { folder: below }).catch((e) => e);
  expect(LabError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ code: "ERR_IO", fields: { reason: expect.any(String) } });
});

it("shows effects without outcomes beside the recorded full result, where a size is too small to decide", async () => {
  const folder = await temporaryFolder();
  const full = await drain(runStudy(coins, { folder: join(folder, "full"), seeds: [1, 2, 3, 4] }));
  const { claims } = judge(coins, full);
  const quick = await drain(runStudy(coins, { folder: join(folder, "quick"), seeds: [1, 2, 3] }));
  const recorded = { seeds: full.seeds, claims };
  const shown = await saveReport(coins, quick, { folder, verdicts: false, recorded });
  expect(shown.claims[0]).toMatchObject({ outcome: null, difference: { seeds: 3 } });
  const page = await readFile(join(folder, "report.html"), "utf8");
  const [effects, result] = page.split(">The recorded full result</h2>");
  expect(effects).toContain("Effects are shown without verdicts");
  expect(effects).not.toContain('<span class="verdict');
  expect(result).toContain("4 seeds. The one primary claim is as claimed.");
  expect(result).toContain('<span class="verdict good">');
});
