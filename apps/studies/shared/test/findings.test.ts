import { judge, type StudyRuns } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { fixed, withSign } from "../outcome-text";
import { type AnyStudy, recordedRuns, recordedStudies } from "./recordings";

/** Studies with their recorded runs. */
const studies = Object.entries(recordedStudies).map(([paper, study]) => ({
  paper,
  study,
  runs: recordedRuns(paper),
}));

const find = (study: AnyStudy, runs: StudyRuns<object, unknown>): string =>
  study.finding!({ settings: runs.settings, runs, judgement: judge(study, runs) });

describe.each(studies)("the finding of $paper", ({ study, runs: recorded }) => {
  const runs = { ...recorded, settings: { ...study.settings, ...recorded.settings } };

  it("is a sentence of at most 30 words and three numbers of the runs", () => {
    const text = find(study, runs);
    expect(text).toMatch(/^[A-Z].*\d.*\.$/);
    expect(text).not.toMatch(/NaN|undefined|Infinity|–|\. [A-Z]/);
    expect(text.match(/\S*[\p{L}\d]\S*/gu)!.length).toBeLessThanOrEqual(30);
    expect(text.match(/(?<![\p{L}\d])\d[\d,]*(\.\d+)?/gu)!.length).toBeLessThanOrEqual(3);
  });

  it("has a picture", () => {
    const input = { settings: runs.settings, runs, judgement: judge(study, runs) };
    expect(study.picture!(input)).toMatchObject({ text: expect.stringMatching(/^<figure>/) });
  });

  it("decides nothing with one seed", () => {
    const [seed] = runs.seeds;
    const one = { ...runs, seeds: [seed!], runs: runs.runs.filter((run) => run.seed === seed) };
    expect(find(study, one)).not.toMatch(/as claimed|opposite|equal[;)]/);
  });

  it("says what is there for any single experiment", () => {
    for (const id of runs.experiments)
      expect(find(study, { ...runs, experiments: [id] }), id).toMatch(/^[A-Z].*\.$/);
  });
});

describe("numbers of findings", () => {
  it("have a real minus sign, and none before zeros", () => {
    expect([-0.04, 0.04, -1.26, 1.26].map((x) => withSign(x, 1))).toEqual([
      "0.0",
      "0.0",
      "−1.3",
      "+1.3",
    ]);
    expect(fixed(-0.26, 1)).toBe("−0.3");
  });
});
