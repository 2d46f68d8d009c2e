import { languageRates } from "@deepgrain/studies/esft/recipe";
import { describe, expect, it } from "vitest";
import { jobConfig, presets } from "../../src/start/job-config";

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

  it("mixes general text into fine-tuning, at rates that compare esft's sweep recorded", () => {
    const { generalShare, expertRate, fullRate } = preset.tune;
    expect(generalShare).toBeGreaterThan(0);
    expect([expertRate, fullRate]).toEqual([languageRates["esft-token"], languageRates.full]);
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
