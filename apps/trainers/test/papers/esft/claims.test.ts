import { describe, expect, it } from "vitest";
import { claimsOf } from "../../../src/papers/esft/claims/claims-of";
import { claimsTable, claimText, spread } from "../../../src/papers/esft/claims-table";
import {
  type ExperimentId,
  experimentNames,
  methodsOf,
} from "../../../src/papers/esft/experiments";
import { judgeClaims } from "../../../src/papers/esft/judge-claims";
import { rankId, thresholdId } from "../../../src/papers/esft/methods";
import { forgetting, measureOf, tuned } from "../../../src/papers/esft/quantities";
import { renderComparison } from "../../../src/papers/esft/report/render-comparison";
import { esftSettings, seedCounts, settingsSchema } from "../../../src/papers/esft/settings";
import { summarize } from "../../../src/papers/esft/summarize";
import { taskIds, taskOf, tasks } from "../../../src/papers/esft/tasks";
import { results, settings, tuning } from "./synthetic-results";

const seeds = [1, 2, 3];
const all = Object.keys(experimentNames) as ExperimentId[];

const judged = (experiments: ExperimentId[], own = results()) =>
  judgeClaims(claimsOf(experiments, settings), { seeds, results: own, settings });

describe("settings", () => {
  it.each(["quick", "default", "full"] as const)("are in their form at size %s", (size) => {
    const own = esftSettings[size];
    expect(settingsSchema.parse(own)).toEqual(own);
    expect(own.heldOutPairs).toBeGreaterThanOrEqual(own.answers);
    expect(own.hiddenSize % own.heads).toBe(0);
    expect(seedCounts[size]).toBeGreaterThanOrEqual(3);
  });

  it("have the paper's rank and an enhancing and an adapting task at every size", () => {
    for (const { loraRank, tasks: own } of Object.values(esftSettings)) {
      expect(loraRank).toBe(8);
      expect(new Set(own.map((id) => taskOf(id).kind)).size).toBe(2);
    }
    expect(tasks.map(({ id }) => id)).toEqual([...taskIds]);
  });
});

describe("methods", () => {
  it("are those that the experiments need, each once", () => {
    const ids = (...experiments: ExperimentId[]) =>
      methodsOf(experiments, settings).map(({ id }) => id);
    expect(ids("B-1", "B-2")).toEqual([]);
    expect(ids("B-3")).toEqual(["vanilla", "full", "lora", "esft-token", "esft-gate", "random"]);
    expect(ids("B-10")).toEqual(["full", "lora", "esft-token", "esft-gate"]);
    expect(new Set(ids(...all)).size).toBe(ids(...all).length);
  });

  it("share the point of a sweep that is the main setting", () => {
    expect(thresholdId(settings.tokenP, settings)).toBe("esft-token");
    expect(thresholdId(0.9, settings)).toBe("token-0.9");
    expect(rankId(8, settings)).toBe("lora");
    const swept = methodsOf(["B-5"], { ...settings, sweepP: [settings.tokenP], sweepRanks: [8] });
    expect(swept).toHaveLength(6);
  });
});

describe("forgetting", () => {
  it("is the mean rise of the loss on texts that are not the task's", () => {
    const before = tuning("vanilla", "turkish", 1, 4);
    expect(forgetting(tuning("full", "turkish", 1, 1, 0.5), before)).toBeCloseTo(0.5, 12);
    // Messages in Turkish rose by 5 and count for the other task.
    expect(forgetting(tuning("full", "phones", 1, 1, 0.5), before)).toBeCloseTo(2, 12);
  });

  it("is unknown without the measurement before", () => {
    const own = { ...results(), tunings: [tuning("full", "phones", 1, 1, 0.5)] };
    expect(measureOf(1, "phones", "full", "forgetting", own)).toBeNull();
    expect(measureOf(1, "phones", "full", "loss", own)).toBe(1);
  });
});

describe("claims", () => {
  it("average over all tasks only where all are there", () => {
    const mean = tuned("full", "FFT", "loss", null);
    expect(mean.of(1, results(), settings)).toBeCloseTo(1.01, 12);
    const one = { ...results(), tunings: [tuning("full", "phones", 1, 1)] };
    expect(mean.of(1, one, settings)).toBeNull();
    expect(tuned("full", "FFT", "loss", "phones").of(1, one, settings)).toBe(1);
  });

  it("set each ESFT against before, random experts, LoRA and FFT, for all tasks and for each", () => {
    const texts = judged(["B-3", "B-4"])
      .filter(({ scope }) => scope === "all tasks")
      .map(claimText);
    for (const own of ["ESFT-Token", "ESFT-Gate"]) {
      expect(texts).toContain(`task loss: ${own} < random experts`);
      expect(texts).toContain(`task loss: ${own} < LoRA`);
      expect(texts).toContain(`task loss: FFT < ${own}`);
      expect(texts).toContain(`forgetting: ${own} < LoRA`);
      expect(texts).toContain(`forgetting: ${own} < FFT`);
    }
    const scopes = new Set(judged(["B-3"]).map(({ scope }) => scope));
    expect(scopes).toEqual(new Set(["all tasks", "messages in Turkish", "pronunciations"]));
  });

  it("are resolved when the interval of the paired differences excludes 0, with a cause where not", () => {
    const of = (text: string) =>
      judged(all).find((claim) => claim.scope === "all tasks" && claimText(claim) === text)!;
    const met = of("task loss: ESFT-Token < random experts");
    expect(met).toMatchObject({ verdict: "resolved", cause: "" });
    expect(met.difference.mean).toBeCloseTo(0.8 - 0.004, 12);
    expect(met.difference.interval![0]).toBeGreaterThan(0);
    const open = of("task loss: ESFT-Token < LoRA");
    expect(open.verdict).toBe("not resolved");
    expect(open.cause).toMatch(/standard deviation.* would tell/);
    const swapped = results().tunings.map((own) => {
      const other = { "esft-token": "random", random: "esft-token" }[own.method];
      return { ...own, method: other ?? own.method };
    });
    const reversed = judged(["B-3"], { ...results(), tunings: swapped }).find(
      (claim) => claimText(claim) === "task loss: ESFT-Token < random experts",
    )!;
    expect(reversed.verdict).toBe("resolved, but reversed");
    expect(reversed.cause).not.toBe("");
  });

  it("find more use than even, and less overlap between tasks than within", () => {
    const [usage, overlap] = judged(["B-1", "B-2"]);
    expect(usage!.lower.mean).toBe(0.5);
    expect(usage!.higher.mean).toBeCloseTo(0.75, 12);
    expect(overlap!.lower.mean).toBe(1);
    expect(overlap!.higher.mean).toBe(1.5);
  });

  it("compare costs of the same base model", () => {
    const [time] = judged(["B-10"]);
    expect(claimText(time!)).toBe("milliseconds a step: ESFT-Token < FFT");
    expect(time!.difference.mean).toBeCloseTo(4, 12);
  });

  it("resolve nothing with one seed and say why", () => {
    const [claim] = judgeClaims(claimsOf(["B-3"], settings), {
      seeds: [1],
      results: results([1]),
      settings,
    });
    expect(claim).toMatchObject({ verdict: "not resolved", cause: "one seed shows no spread" });
    expect(claimsTable([claim!])).toContain("not resolved");
    expect(claimsTable([claim!])).not.toContain(" to ");
  });
});

describe("the report", () => {
  it("has every experiment, escapes texts and needs nothing else", () => {
    const page = renderComparison(
      summarize({ settings, seeds, experiments: all, results: results() }),
    );
    for (const id of all) expect(page).toContain(`<h2>${id} `);
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain("de: &lt;one&gt;");
    expect(page).toContain("49.4 &gt; 44.9");
  });

  it("has only the experiments that were asked for", () => {
    const own = { ...results(), tunings: [], costs: [] };
    const page = renderComparison(
      summarize({ settings, seeds, experiments: ["B-2"], results: own }),
    );
    expect(page).toContain("<h2>B-2 ");
    expect(page).not.toContain("<h2>B-3 ");
  });
});

describe("spread", () => {
  it("shows about four digits and a real minus sign", () => {
    expect(spread({ mean: -1.23456, standardError: 0.01, seeds: 3 })).toBe("−1.235 ± 0.010");
    expect(spread({ mean: 716_544, standardError: null, seeds: 1 })).toBe("716,544");
  });
});
