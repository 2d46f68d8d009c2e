import { judge, type StudyRuns } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { fixed, withSign } from "../outcome-text";
import { type AnyStudy, recordedRuns, recordedStudies } from "./recordings";

/** Papers whose findings have tests of their own. */
const ownTests = ["dpo", "esft", "fine-purify"];

/** Studies with their recorded runs. */
const studies = Object.entries(recordedStudies)
  .filter(([paper]) => !ownTests.includes(paper))
  .map(([paper, study]) => ({ paper, study, runs: recordedRuns(paper) }));

const find = (study: AnyStudy, runs: StudyRuns<object, unknown>): string =>
  study.finding!({ settings: runs.settings, runs, judgement: judge(study, runs) });

describe.each(studies)("the finding of $paper", ({ study, runs: recorded }) => {
  const runs = { ...recorded, settings: { ...study.settings, ...recorded.settings } };

  it("is a sentence or two with numbers of the runs", () => {
    const text = find(study, runs);
    expect(text).toMatch(/^[A-Z].*\d.*\.$/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(text.length).toBeLessThan(520);
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
