import { describe, expect, it } from "vitest";
import { jobConfig } from "../src/job-config";
import type { JobResults } from "../src/report/report-input";
import { lead, trade } from "../src/report/sections/trade";
import { config, metrics, results } from "./support/job-results";

/** The markup of a section that is there. */
const markup = (section: ReturnType<typeof trade>): string => {
  if (section === false) throw new Error("the section is left out");
  return section.text;
};

/** Outcomes of 100 questions of which the first `right` were answered. */
const marks = (right: number) => Array.from({ length: 100 }, (_, i) => Number(i < right));

/** Right answers, and the English lost for them. */
type Found = [right: number, lost: number];

/** The report's words where both ways answer so many questions and lose so much English. */
function inputOf(experts: Found, all: Found) {
  const tuned = (way: "esft" | "full", [right, lost]: Found) => ({
    ...results[way]!,
    right: marks(right),
    textLosses: { prose: 4 + lost },
  });
  const own: JobResults = {
    ...results,
    scores: { ...results.scores!, base: { ...results.scores!.base, right: marks(0) } },
    esft: tuned("esft", experts),
    full: tuned("full", all),
  };
  return { name: "test", config, results: own, metrics };
}

/** The section where both ways answer so many questions and lose so much English. */
const sectionOf = (...found: [Found, Found]) => markup(trade(inputOf(...found)));

describe("what the task gained and English lost", () => {
  it.each([
    [
      "experts win both",
      [60, 0.1],
      [30, 0.5],
      "alone wins: it answers more questions, loses less English",
    ],
    [
      "equal answers, less lost",
      [60, 0.1],
      [61, 0.5],
      "wins: it answers about as many questions, loses less English",
    ],
    [
      "all weights win both",
      [30, 0.5],
      [60, 0.1],
      "all weights wins: it answers more questions and loses less",
    ],
    [
      "all weights answer more",
      [30, 0.1],
      [60, 0.11],
      "all weights wins: it answers more questions and loses about as much",
    ],
    [
      "more answers for more English",
      [30, 0.1],
      [60, 0.9],
      "Neither way wins both: training all weights answers more",
    ],
    [
      "fewer answers for less English",
      [60, 0.9],
      [30, 0.1],
      "training the chosen experts answers more, training all weights keeps",
    ],
    ["no difference", [60, 0.1], [61, 0.11], "the chosen experts save is space"],
  ] as const)("says who wins: %s", (_, experts, all, sentence) => {
    expect(sectionOf([...experts], [...all])).toContain(sentence);
  });

  it("has a dot for each way, with its rate and what it stores, and the numbers", () => {
    const found: [Found, Found] = [
      [45, 0.44],
      [66, 1.67],
    ];
    const text = sectionOf(...found);
    expect(text).toContain(
      `chosen experts only (rate ${config.tune.expertRate}): 296\u00a0kB to store`,
    );
    expect(text).toContain(`all weights (rate ${config.tune.fullRate}): 8.7\u00a0MB to store`);
    for (const number of ["45\u00a0%", "+0.440", "66\u00a0%", "+1.670"])
      expect(text).toContain(number);
  });

  it("stands below a sentence that calls the quick size a smoke test", () => {
    const input = inputOf([45, 0.44], [66, 1.67]);
    expect(lead(input)).toMatch(
      /^A smoke test, too short to judge by: training .* answers 45\u00a0% of the questions right; training all of them 66\u00a0%, forgetting more of its English\.$/,
    );
    const usual = { ...input, config: jobConfig("default", 1) };
    expect(lead(usual)).toMatch(/^Training /);
    expect(lead({ ...usual, results: {} })).toContain("not measured yet");
  });

  it("claims best rates only for the settings that they were chosen at", () => {
    expect(sectionOf([45, 0.4], [66, 1])).toContain("its own best learning rate");
    const other = { ...config, tune: { ...config.tune, fullRate: 0.1 } };
    const text = markup(trade({ name: "test", config: other, results, metrics }));
    expect(text).not.toContain("its own best learning rate");
  });

  it("is left out until both ways were measured", () => {
    expect(trade({ name: "test", config, results: { ...results, full: undefined }, metrics })).toBe(
      false,
    );
  });
});
