import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { drain, runStudy, saveReport } from "@deepgrain/lab";
import { purifySizes } from "@deepgrain/studies/fine-purify/recipe";
import { sections } from "@deepgrain/studies/fine-purify/report";
import { finePurify } from "@deepgrain/studies/fine-purify/study";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { expectStudyPage } from "../support/expect-study-page";

const tiny = {
  ...purifySizes.quick,
  pretrainSteps: 20,
  attackSteps: 30,
  attackRows: 100,
  tuneSteps: 2,
  maskSteps: 2,
  heldOutRows: 16,
  testRows: 24,
  grid: [0.9],
  victims: ["sgd/word", "adamw/sentence", "sgd/none", "text/word"],
  methods: purifySizes.full.methods,
  data: {},
};

describe("the study of compare fine-purify", () => {
  it("attacks and defends every victim by every method, once, and draws the page", async () => {
    const folder = join(await temporaryFolder(), "run");
    const options = { folder, settings: tiny, seeds: [1, 2] };
    const runs = await drain(runStudy(finePurify, options));
    // Encoders, victims, and their defences: all 14, fewer for a clean victim and for real text.
    expect(runs.runs).toHaveLength(2 * (2 + 4 + 14 + 14 + 3 + 9));
    const judgement = await saveReport(finePurify, runs, { folder });
    expect(judgement.claims).toHaveLength(3);
    for (const { result } of runs.runs) {
      if (result.acc === null) continue;
      expect(result.rules.ASR).toMatch(
        /triggered test rows whose true label is not the target class 0, \d+/,
      );
      for (const value of [result.frr, result.far].filter((one) => one !== null))
        expect(value).toBeLessThanOrEqual(1);
      for (const tried of result.tried) expect(tried.acc).toBeGreaterThanOrEqual(0);
    }
    const { page } = await expectStudyPage(folder);
    for (const name of ["fine-tuning alone", "STRIP", "at inference time", "real text"])
      expect(page).toContain(name);
    expect(await readdir(join(folder, "artifacts"))).toEqual(["seed-1", "seed-2"]);
    expect(sections.map(({ experiment }) => experiment).filter(Boolean)).toEqual([
      "B-1",
      "B-2",
      "B-3",
    ]);
  });
});
