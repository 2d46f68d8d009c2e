import { claimText, judge, primariesOf, type StudyRuns, studyPage, valuesOf } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { recordedRuns } from "../../shared/test/recordings";
import { runsOf } from "../../shared/test/runs-of";
import { claimsOf, gain } from "../claims";
import { conflictCorrelation } from "../conflict";
import { differenceOf, scoreText } from "../differences";
import { initialWeightsShare } from "../gate";
import { experiments } from "../introduction";
import { type ComparisonSettings, comparisonSettings } from "../recipe";
import { renodeStudy } from "../study";
import type { TrainingResult } from "../training-result";
import { furtherIds, isTrainedOften, variantsOf } from "../variants";

const settings = { ...renodeStudy.settings, initialisations: 2, otherInitialisations: 2 };

/** Two trainings around a weighted F1. */
const result = (percent: number, total = 0.1): TrainingResult => ({
  total,
  cover: 0.9,
  trainings: [-1, 1].map((step) => ({
    weightedF1: (percent + step) / 100,
    macroF1: (percent - 2) / 100,
    accuracy: percent / 100,
    epochs: 50,
  })),
});

const runsWith = (values: Record<string, number[]>, experiments: string[]) => {
  const results = Object.entries(values).map(([id, own]) => [id, own.map((x) => result(x))]);
  return runsOf(renodeStudy, Object.fromEntries(results), { settings, experiments });
};

/** Runs of every variant, better with ReNode on Cora only. */
function allRuns() {
  const results = variantsOf(settings).map(({ id, graph, minWeight }, i) => {
    const lift = graph === "cora" && minWeight !== null ? 1 : 0;
    const seeds = [0, 1, 2].map((seed) =>
      result(70 + lift + seed * 0.1 * (i % 3), 0.05 * (seed + 1)),
    );
    return [id, seeds];
  });
  return runsOf(renodeStudy, Object.fromEntries(results), { settings });
}

describe("the claims", () => {
  it("are about experiments of the study, and every experiment has variants", () => {
    const known = Object.keys(experiments);
    for (const { experiment } of claimsOf(settings)) expect(known).toContain(experiment);
    const used = new Set(variantsOf(settings).flatMap((variant) => variant.experiments ?? []));
    expect(used).toEqual(new Set(known));
  });

  it("leave CiteSeer out where only Cora is compared", () => {
    const quick = comparisonSettings.quick;
    const read = claimsOf(quick).flatMap(({ lower, higher }) => [
      ...lower.variants,
      ...higher.variants,
    ]);
    expect(read.length).toBeGreaterThan(0);
    expect(read.every((id) => id.startsWith("cora/"))).toBe(true);
    const [few, all] = [quick, settings].map(
      (own) => variantsOf(own).filter(({ further }) => further === undefined).length,
    );
    expect(few).toBe(all! / 2);
  });

  it("judge the mean over the trainings of a split", () => {
    const ids = ["cora/balanced/gcn/ce-plain", "cora/balanced/gcn/ce-renode-0.5"] as const;
    const runs = runsWith({ [ids[0]]: [79, 80, 78], [ids[1]]: [79.9, 80.8, 78.85] }, ["balanced"]);
    const { claims } = judge(renodeStudy, runs);
    expect(claims.map((claim) => [claimText(claim), claim.outcome])).toEqual([
      ["W-F: GCN, CE < GCN, CE + ReNode", "as claimed"],
    ]);
    expect(claims[0]!.lower.mean).toBeCloseTo(79, 10);
    expect(scoreText(runs, ids[0], "weightedF1")).toBe("79.00 (76.52 to 81.48)");
    expect(scoreText(runs, "cora/balanced/gat/ce-plain", "weightedF1")).toBe("–");
  });

  it("take the mean of the other printed networks as one claim", () => {
    const ids = ["gat", "appnp", "sgc"].map((id) => `cora/balanced/${id}/ce`);
    const values = Object.fromEntries(
      ids.flatMap((id, i) => [
        [`${id}-plain`, [70 + i, 71 + i, 72 + i]],
        [`${id}-renode-0.5`, [72 + i, 73.1 + i, 74 + i]],
      ]),
    );
    const [claim] = primariesOf(judge(renodeStudy, runsWith(values, ["balanced"])));
    expect(claim!.lower).toMatchObject({ mean: 72, subject: "mean of GAT, APPNP, SGC, CE" });
    expect(claim).toMatchObject({ outcome: "as claimed", margin: 0.85 });
  });

  it("measure a level's gain at the same split", () => {
    const values = { "cora/high/gcn/ce-plain": [70, 72], "cora/high/gcn/ce-renode-0.5": [71, 74] };
    const found = [...valuesOf(gain("cora", "high"), runsWith(values, ["levels"])).values()];
    expect(found[0]).toBeCloseTo(1, 10);
    expect(found[1]).toBeCloseTo(2, 10);
    expect(valuesOf(gain("cora", "low"), runsWith(values, ["levels"])).size).toBe(0);
    expect(
      differenceOf(runsWith(values, []), gain("cora", "low"), gain("cora", "high")),
    ).toBeNull();
  });
});

describe("the correlation of conflict and score", () => {
  it("goes over the further splits of all seeds", () => {
    const ids = furtherIds(settings.moreSplits);
    // The score falls by a point per split, but rises by half a point from seed to seed.
    const results = ids.map((id, i) => [
      id,
      [0, 1].map((seed) => result(80 - i + seed / 2, i / 10)),
    ]);
    const runs = runsOf(renodeStudy, Object.fromEntries(results), { settings });
    const [claim] = primariesOf(judge(renodeStudy, { ...runs, experiments: ["conflict"] }));
    // 20 pairs in ten groups of equal conflict: one rank correlation, not the mean of both seeds' −1.
    expect(claim!.lower.mean).toBeCloseTo(-0.9962, 4);
    expect([...valuesOf(conflictCorrelation(settings), runs).values()][0]).toBeCloseTo(-1, 12);
    expect(claim).toMatchObject({ outcome: "as claimed", scope: "Cora, 100 splits" });
    expect(claim!.difference.over).toBe("pairs");
  });

  it("trains those splits as often as the other networks", () => {
    const often = variantsOf(settings).filter(isTrainedOften);
    expect(often.map(({ id }) => id).filter((id) => id.startsWith("cora/"))).toEqual([
      "cora/balanced/gcn/ce-plain",
      "cora/balanced/gcn/ce-renode-0.5",
      ...["low", "middle", "high"].flatMap((level) => [
        `cora/${level}/gcn/ce-plain`,
        `cora/${level}/gcn/ce-renode-0.5`,
      ]),
    ]);
  });
});

describe("the gate", () => {
  /** A result whose trainings have these weighted F1. */
  const trained = (...percents: number[]): TrainingResult => ({
    ...result(0),
    trainings: percents.map((x) => ({ ...result(0).trainings[0]!, weightedF1: x / 100 })),
  });

  it("is the variance within splits over that between them, as worked by hand", () => {
    // Gains 0 and 2, then 4 and 6: means 1 and 5, variance 8; within 2 over two trainings, 1.
    const values = {
      "cora/balanced/gcn/ce-plain": [trained(70, 70), trained(70, 70)],
      "cora/balanced/gcn/ce-renode-0.5": [trained(70, 72), trained(74, 76)],
    };
    const runs = runsOf(renodeStudy, values, { settings });
    expect(initialWeightsShare(runs)).toBeCloseTo(1 / 8, 10);
    // At low conflict gains 0 and 2, then 1 and 3: variance 0.5, within 1: together 2 of 8.5.
    const low = {
      "cora/low/gcn/ce-plain": [trained(70, 70), trained(70, 70)],
      "cora/low/gcn/ce-renode-0.5": [trained(70, 72), trained(71, 73)],
    };
    const both = runsOf(renodeStudy, { ...values, ...low }, { settings });
    expect(initialWeightsShare(both)).toBeCloseTo(2 / 8.5, 10);
  });

  it("says nothing of one split or one training", () => {
    const one = { "cora/balanced/gcn/ce-plain": [trained(70), trained(71)] };
    const more = { ...one, "cora/balanced/gcn/ce-renode-0.5": [trained(70), trained(71)] };
    expect(initialWeightsShare(runsOf(renodeStudy, one, { settings }))).toBeNull();
    expect(initialWeightsShare(runsOf(renodeStudy, more, { settings }))).toBeNull();
  });
});

describe("the report", () => {
  it("shows every experiment and says that CiteSeer does not gain", () => {
    const runs = allRuns();
    const page = studyPage(renodeStudy, runs, judge(renodeStudy, runs));
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    for (const title of Object.values(experiments)) expect(page).toContain(`>${title}</h2>`);
    expect(page).toContain("On CiteSeer the gains of no network have an interval above 0");
    expect(page).toContain("79.1 &lt; 79.8");
  });

  it("shows what was run where that is one experiment on one graph at one split", () => {
    const one = { ...settings, ...comparisonSettings.quick, graphs: ["cora"] as const };
    const results = variantsOf(one).map(({ id }) => [id, [result(70)]]);
    const runs = runsOf(renodeStudy, Object.fromEntries(results), {
      settings: one,
      experiments: ["levels"],
    });
    const page = studyPage(renodeStudy, runs, judge(renodeStudy, runs));
    expect(page).toContain("Cora, high");
    expect(page).not.toMatch(/NaN|undefined|Six networks|CiteSeer, high/);
  });
});

describe("the recorded results", () => {
  it("have a run per variant and split, of the form that runs have", () => {
    const runs = recordedRuns("renode") as StudyRuns<ComparisonSettings, TrainingResult>;
    const asked = variantsOf({ ...renodeStudy.settings, ...runs.settings }).filter(
      ({ experiments: own }) => own!.some((one) => runs.experiments.includes(one)),
    );
    expect(runs.runs).toHaveLength(asked.length * runs.seeds.length);
    for (const { result } of runs.runs) expect(renodeStudy.parse!(result)).toEqual(result);
  });
});
