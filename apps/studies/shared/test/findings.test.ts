import { existsSync, readFileSync } from "node:fs";
import { judge, type Study, type StudyRuns } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { watermarkStudy } from "../../balance-marking/study";
import { watermarkRuns } from "../../balance-marking/test/watermark-results";
import { scalingSweep } from "../../deepseek-llm/study";
import { deepseekMoe } from "../../deepseek-moe/study";
import { labelWords } from "../../label-words/study";
import { mathShepherd } from "../../math-shepherd/study";
import { redgrape } from "../../redgrape/study";
import { renodeStudy } from "../../renode/study";
import { fixed, withSign } from "../outcome-text";

// biome-ignore lint/suspicious/noExplicitAny: a list of studies of any settings and results
type AnyStudy = Study<any, any, any>;
type Runs = StudyRuns<object, unknown>;

const parts = { human: [1, 2, 3, 4], prompts: () => [[1]] };
const unused = { ...parts, model: { config: { vocabSize: 512 } }, tokenizer: { encode: () => [] } };

const studies: Record<string, AnyStudy> = {
  renode: renodeStudy,
  "label-words": labelWords,
  redgrape,
  "math-shepherd": mathShepherd,
  "deepseek-llm": scalingSweep,
  "deepseek-moe": deepseekMoe,
  "balance-marking": watermarkStudy(unused as never, watermarkRuns().settings),
};

/** The recorded runs of a paper, or invented ones. */
function runsFor(paper: string, study: AnyStudy): Runs {
  const file = new URL(`../../src/papers/${paper}/results.json`, import.meta.url);
  const runs: Runs = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : watermarkRuns();
  return { ...runs, settings: { ...study.settings, ...runs.settings } };
}

const find = (study: AnyStudy, runs: Runs): string =>
  study.finding!({ settings: runs.settings, runs, judgement: judge(study, runs) });

describe.each(Object.entries(studies))("the finding of %s", (paper, study) => {
  const runs = runsFor(paper, study);

  it("is a sentence or two with numbers of the runs", () => {
    const text = find(study, runs);
    expect(text).toMatch(/^[A-Z].*\d.*\.$/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(text.length).toBeLessThan(520);
  });

  it("does not call anything resolved with one seed", () => {
    const [seed] = runs.seeds;
    const one = { ...runs, seeds: [seed!], runs: runs.runs.filter((run) => run.seed === seed) };
    expect(find(study, one)).not.toMatch(/(?<!not) resolved/);
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
