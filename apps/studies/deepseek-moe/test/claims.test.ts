import { claimText, judge, resultsOf, type StudyRuns, studyPage, valuesOf } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { recordedRuns } from "../../shared/test/recordings";
import { runsOf } from "../../shared/test/runs-of";
import { claimsOf, maxVio, rise, riseWithMass, specialisation, withFewer } from "../claims";
import { sharesOfDense } from "../count-model";
import { type ComparisonSettings, comparisonSettings } from "../recipe";
import { gapClosed } from "../report";
import { deepseekMoe } from "../study";
import type { TrainingResult } from "../training-result";
import { variants } from "../variants";

const stated = claimsOf(deepseekMoe.settings);

const result = (loss: number): TrainingResult => ({
  loss,
  parameters: 1000,
  activated: 500,
  flops: 1e6,
  curve: [
    { step: 0, loss: 5 },
    { step: 550, loss },
  ],
  maxVio: null,
  maxVioBatch: null,
  disabled: [
    { sixteenths: 0, skipped: 0, loss },
    { sixteenths: 2, skipped: 1, loss: loss + 0.5 },
  ],
  withoutShared: null,
});

/** Runs with these losses, one per seed. */
function losses(values: Record<string, number[]>, ...experiments: string[]) {
  const results = Object.entries(values).map(([id, own]) => [id, own.map(result)]);
  const settings = { ...deepseekMoe.settings, steps: 30, batch: 10, length: 10 };
  return runsOf(deepseekMoe, Object.fromEntries(results), { settings, experiments });
}

describe("claims", () => {
  it("are about every experiment, and every variant belongs to one", () => {
    expect(new Set(stated.map(({ experiment }) => experiment))).toEqual(
      new Set(Object.keys(deepseekMoe.experiments!)),
    );
    const read = stated.flatMap(({ lower, higher }) => [...lower.variants, ...higher.variants]);
    for (const { id, experiments = [] } of variants)
      expect(read.includes(id) || experiments.length > 0, id).toBe(true);
  });

  it("lose nothing of the primary ones by what a size leaves out", () => {
    const judged = stated
      .filter(({ primary }) => primary)
      .flatMap(({ lower, higher }) => [...lower.variants, ...higher.variants]);
    const ids = variants.map(({ id }) => id);
    for (const { leftOut } of Object.values(comparisonSettings)) {
      expect(ids).toEqual(expect.arrayContaining([...leftOut]));
      for (const id of judged) expect(leftOut).not.toContain(id);
    }
  });

  it("measure the rise over the own loss, and nothing where nothing was disabled", () => {
    const runs = losses({ gshard: [2] });
    expect(valuesOf(rise(2)("gshard"), runs)).toEqual(new Map([[1, 0.5]]));
    expect(valuesOf(rise(4)("gshard"), runs).size).toBe(0);
    expect(valuesOf(maxVio("gshard"), runs).size).toBe(0);
  });

  it("measure the rise with the mass kept, and nothing from records without it", () => {
    const own = result(2);
    const [none, disabled] = own.disabled;
    const kept = { ...own, disabled: [none!, { ...disabled!, kept: 2.25 }] };
    const runs = runsOf(deepseekMoe, { gshard: [kept], "deepseek-moe": [own] });
    expect(valuesOf(riseWithMass(2)("gshard"), runs)).toEqual(new Map([[1, 0.25]]));
    expect(valuesOf(riseWithMass(2)("deepseek-moe"), runs).size).toBe(0);
  });

  it("read the loss with fewer experts and the specialisation, and nothing from records without them", () => {
    const runs = losses({ "deepseek-moe": [2] });
    expect(valuesOf(withFewer(4)("deepseek-moe"), runs).size).toBe(0);
    expect(valuesOf(specialisation("deepseek-moe"), runs).size).toBe(0);
    const own = { ...result(2), fewer: [{ topK: 4, loss: 2.25 }], specialisation: 0.125 };
    const newer = runsOf(deepseekMoe, { "deepseek-moe": [own], gshard: [result(2.25)] });
    expect(valuesOf(withFewer(4)("deepseek-moe"), newer)).toEqual(new Map([[1, 2.25]]));
    expect(valuesOf(withFewer(3)("deepseek-moe"), newer).size).toBe(0);
    expect(valuesOf(specialisation("deepseek-moe"), newer)).toEqual(new Map([[1, 0.125]]));
  });

  it("judge the abstract's claims, with a cause where one did not come out, and only measure the others", () => {
    const runs = losses(
      { "deepseek-moe": [2.1, 3.1, 4.11], gshard: [2, 2.91, 3.9], switch: [2, 3.2, 4.1] },
      "A-1",
    );
    const { claims } = judge(deepseekMoe, runs);
    expect(claims.map((claim) => [claimText(claim), claim.outcome])).toEqual([
      ["loss, nats per token: DeepSeekMoE < GShard", "opposite"],
      ["loss, nats per token: GShard < Switch", null],
    ]);
    expect(claims[0]!.cause).toContain("3.0 tokens per parameter, the paper's had 50; ");
    expect(claims[1]).toMatchObject({ cause: "", primary: null });
  });

  it.each([
    [[2.001, 2.999, 4], "as claimed"],
    [[1.8, 2.81, 3.8], "as claimed"],
    [[2.2, 3.19, 4.2], "opposite"],
    [[2.05, 2.9, 4], "undecided"],
  ])("call losses %j against 2, 3, 4 %s, by a margin of 0.015", (own, outcome) => {
    const values = { "deepseek-moe": own, "gshard-1.5": [2, 3, 4] };
    const { claims } = judge(deepseekMoe, losses(values, "A-3"));
    expect(claims).toHaveLength(1);
    expect(claims[0]).toMatchObject({ outcome, relation: "≤", margin: 0.015 });
  });
});

describe("the shares of Dense×N's computation", () => {
  it("are those of the operations that the recorded models counted, and stand in the claims", () => {
    const recorded = recordedRuns("deepseek-moe") as StudyRuns<ComparisonSettings, TrainingResult>;
    const flops = (id: string) => resultsOf(recorded, id)[0]!.flops;
    const { all, half } = sharesOfDense(recorded.settings);
    expect(all).toBeCloseTo(flops("deepseek-moe") / flops("dense-all"), 12);
    expect(half).toBeCloseTo(flops("half-active") / flops("dense-all"), 12);
    const sentences = claimsOf(recorded.settings).flatMap(({ primary }) => primary?.sentence ?? []);
    expect(sentences[1]).toContain("with 25.9 % of its computation");
    expect(sentences[3]).toContain("with 20.6 % of its computation");
  });
});

describe("gapClosed", () => {
  const gshard = [2, 2.1, 2.05];
  const own = [1.85, 1.95, 1.9];

  it("is the way from GShard towards Dense×N", () => {
    const runs = losses({ gshard, "dense-all": [1.8, 1.9, 1.85], "deepseek-moe": own });
    expect(gapClosed(runs)!.share).toBeCloseTo(0.75, 12);
    expect(gapClosed(runs)!.paper).toBeCloseTo(0.967, 3);
    expect(gapClosed(losses({ gshard, "dense-all": own }))).toBeNull();
  });

  it.each([
    [true, [1.8, 1.9, 1.86]],
    [false, [1.7, 2.4, 1.9]],
    [false, [2.2, 2.3, 2.26]],
  ])("says something (%s) for Dense×N at %j", (hasGap, all) => {
    const runs = losses({ gshard, "dense-all": all, "deepseek-moe": own }, "A-4");
    expect(gapClosed(runs)!.hasGap).toBe(hasGap);
    const page = studyPage(deepseekMoe, runs, judge(deepseekMoe, runs));
    expect(page.includes("so the share is undefined")).toBe(!hasGap);
  });
});
