import { describe, expect, it } from "vitest";
import { jobConfig, MOST_LOST, presets } from "../src/job-config";
import { sweep } from "./support/start-sweep";

describe.each(["default", "quick"] as const)("the preset %s", (name) => {
  const preset = presets[name];

  it("mixes several kinds of text, prose most, and lets experts specialise", () => {
    const { prose, ...others } = preset.text.shares;
    expect(Object.values(others).every((share) => share > 0 && share < prose)).toBe(true);
    expect(preset.model.balanceAlpha).toBeLessThanOrEqual(1e-3);
  });

  it("samples at temperature 0.6 and top-p 0.9", () => {
    expect(preset.sampling).toMatchObject({ temperature: 0.6, topP: 0.9 });
  });

  it("fine-tunes each way at the rate that answered most of those that kept English, by the sweep in the study's page", () => {
    const bestOf = (way: string) => {
      const trials = sweep().filter((trial) => trial.size === name && trial.way === way);
      expect(trials.length).toBeGreaterThan(2);
      const kept = trials.filter(({ lost }) => lost <= MOST_LOST);
      return kept.sort((a, b) => b.right - a.right)[0]!.rate;
    };
    const { expertRate, fullRate } = preset.tune;
    expect({ expertRate, fullRate }).toEqual({
      expertRate: bestOf("chosen experts"),
      fullRate: bestOf("all weights"),
    });
  });
});

describe("the default preset", () => {
  it("asks 500 held-out questions and counts 2000 words or more", () => {
    expect(presets.default.task.questions).toBeGreaterThanOrEqual(500);
    expect(presets.default.sampling.words).toBeGreaterThanOrEqual(2000);
  });
});

describe("jobConfig", () => {
  it("replaces fields group by group", () => {
    const { task, tune } = jobConfig("quick", 3, { task: { id: "numbers" } });
    expect(task).toEqual({ ...presets.quick.task, id: "numbers" });
    expect(tune).toEqual(presets.quick.tune);
  });
});
