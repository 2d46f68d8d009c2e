import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import {
  deadExperts,
  expertOverlap,
  formatExpertConfig,
  formatSummary,
  meanConcentration,
  parseExpertConfig,
  parseSummary,
  readExpertScores,
  readTraces,
  selectExperts,
} from "../src";
import { checkExpertConfig } from "../src/selection/check-expert-config";

const read = (name: string) => readFileSync(shared(`data/esft/${name}`), "utf8");
const summary = (task: string) => parseSummary(read(`official-${task}-summary.json`));
const tasks = ["intent", "translation"] as const;
const layers = new Map(Array.from({ length: 26 }, (_, i) => [i + 1, 64] as const));

describe.skipIf(sharedIsMissing)("the published scores", () => {
  it.each(tasks)("select the published experts of %s in all 26 layers, in order", (task) => {
    const official = parseExpertConfig(read(`official-${task}-expert_cfg.json`));
    const { config, warnings } = selectExperts(summary(task), { topP: 0.2 });
    expect(config.experts.size).toBe(26);
    for (const [layer, experts] of official.experts)
      expect(config.experts.get(layer)).toEqual(experts);
    expect(warnings).toEqual([]);
    expect(config.sharedExperts).toBe(false);
  });

  it.each([
    ["intent", { token: 4.77, gate: 4.7, half: 15.1, range: [4, 6] }],
    ["translation", { token: 3.19, gate: 3.0, half: 10.1, range: [2, 4] }],
  ] as const)("give the published number of experts per layer for %s", (task, wanted) => {
    const counts = (options: Parameters<typeof selectExperts>[1]) =>
      [...selectExperts(summary(task), options).config.experts.values()].map((list) => list.length);
    const mean = (list: number[]) => list.reduce((sum, n) => sum + n, 0) / list.length;
    const token = counts({});
    expect(mean(token)).toBeCloseTo(wanted.token, 2);
    expect([Math.min(...token), Math.max(...token)]).toEqual(wanted.range);
    expect(Math.abs(mean(counts({ scoreFunction: "gate" })) - wanted.gate)).toBeLessThan(0.05);
    expect(Math.abs(mean(counts({ topP: 0.5 })) - wanted.half)).toBeLessThan(0.05);
    expect(mean(counts({ scoreFunction: "gate", normalizeGate: true }))).toBeLessThan(
      mean(counts({ scoreFunction: "gate" })),
    );
  });

  it.each([
    ["intent", [0.195, 0.33, 0.513]],
    ["translation", [0.376, 0.509, 0.657]],
  ] as const)("show the published concentration of gate values for %s", (task, wanted) => {
    const curve = meanConcentration(summary(task).gate!);
    expect([curve[2]!, curve[5]!, curve[11]!]).toBeAllclose(wanted, { atol: 6e-4 });
    expect(curve[63]).toBeCloseTo(1, 10);
  });

  it("share few of the six best experts between tasks", () => {
    const [a, b] = tasks.map((task) => summary(task).gate!);
    const overlap = expertOverlap(a!, b!, 6);
    expect(overlap).toBeGreaterThanOrEqual(0.6);
    expect(overlap).toBeLessThanOrEqual(1.3);
    expect(expertOverlap(a!, a!, 6)).toBe(6);
  });

  it("follow from the published traces, with topK found by itself", async () => {
    const fromTraces = await readTraces(shared("data/esft/official-intent-scores"));
    const published = summary("intent");
    for (const layer of [1, 2])
      for (const kind of ["token", "gate"] as const)
        expect(fromTraces[kind]!.get(layer)!).toBeAllclose(published[kind]!.get(layer)!, {
          atol: 5.01e-5,
        });
    expect(deadExperts(fromTraces).size).toBe(0);
    expect(await readExpertScores(shared("data/esft/official-intent-scores"))).toEqual(fromTraces);
  });

  it("survive writing and reading", () => {
    for (const task of tasks) {
      const scores = summary(task);
      expect(parseSummary(formatSummary(scores))).toEqual(scores);
      const config = parseExpertConfig(read(`official-${task}-expert_cfg.json`));
      expect(JSON.parse(formatExpertConfig(config))).toEqual(
        JSON.parse(read(`official-${task}-expert_cfg.json`)),
      );
      expect(() => checkExpertConfig(config, layers)).not.toThrow();
    }
  });
});
