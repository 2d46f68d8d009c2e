import { judge, studyPage } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { recordedRuns } from "../../shared/test/recordings";
import { runsOf } from "../../shared/test/runs-of";
import { claims as stated } from "../claims";
import { type Extension, extensions } from "../extend";
import type { CoderResult } from "../results";
import { deepseekCoderV2 } from "../study";
import { invented } from "./invented-results";

describe("claims of the study", () => {
  it("are about every experiment, with at most six primary ones and a margin each", () => {
    expect(new Set(stated.map(({ experiment }) => experiment))).toEqual(
      new Set(Object.keys(deepseekCoderV2.experiments!)),
    );
    expect(stated.filter(({ primary }) => primary !== undefined)).toHaveLength(6);
    for (const { margin } of stated) expect(margin!).toBeGreaterThan(0);
  });

  it("read variants that there are", () => {
    const { variants } = deepseekCoderV2;
    const ids = (typeof variants === "function" ? [] : variants).map(({ id }) => id);
    for (const { lower, higher } of stated)
      for (const id of [...lower.variants, ...higher.variants]) expect(ids).toContain(id);
  });

  it("judge invented runs, and the page shows them with their margins", () => {
    const runs = runsOf(deepseekCoderV2, invented(8));
    const { claims } = judge(deepseekCoderV2, runs);
    const outcome = (lower: string, higher: string) =>
      claims.find((one) => one.lower.subject === lower && one.higher.subject === higher)!.outcome;
    expect(outcome("before", "full tests")).toBe("as claimed");
    expect(outcome("mix", "prose, before")).not.toBe("opposite");
    const page = studyPage(deepseekCoderV2, runs, judge(deepseekCoderV2, runs));
    expect(page).not.toMatch(/NaN|undefined/);
    expect(page).toContain("Continued pre-training substantially enhances coding");
    expect(page).toContain("Needles recalled, %");
    for (const name of Object.values(extensions)) expect(page).toContain(name);
  });

  it("say beside fill-in-the-middle that no recorded arm fills in a whole line exactly", () => {
    const { runs } = recordedRuns("deepseek-coder-v2", "results.json.gz");
    const exact = runs.flatMap(({ result }) => (result as CoderResult).fim?.exact ?? []);
    expect(exact.length).toBeGreaterThanOrEqual(40);
    expect(new Set(exact)).toEqual(new Set([0]));
    const claim = stated.find(({ primary }) => primary?.sentence.startsWith("Fill-in-the-middle"))!;
    expect(claim.paper).toContain("no arm here fills in a whole line exactly");
  });

  it("read needles beyond the trained length alone", () => {
    const runs = runsOf(deepseekCoderV2, invented(1));
    const claim = stated.find(({ lower }) => lower.measure.startsWith("needles"))!;
    const read = claim.lower.read(
      { seed: 1, result: (id) => runs.runs.find(({ variant }) => variant === id)?.result },
      deepseekCoderV2.settings,
    );
    expect(read).toBeCloseTo(25, 9); // 1 at 256, a half at 1,024, none at 4,096
    expect(Object.keys(extensions) as Extension[]).toContain("yarn-two");
  });

  it("say what was found in a sentence with numbers", () => {
    const runs = runsOf(deepseekCoderV2, invented(8));
    const judgement = judge(deepseekCoderV2, runs);
    const input = { settings: runs.settings, runs, judgement };
    expect(deepseekCoderV2.finding!(input)).toMatch(
      /^Training on full tests takes held-out pass@1 from 5\d\.\d to 7\d\.\d % \(as claimed\)\.$/,
    );
    expect(deepseekCoderV2.finding!(input)).not.toMatch(/NaN|undefined/);
  });
});
