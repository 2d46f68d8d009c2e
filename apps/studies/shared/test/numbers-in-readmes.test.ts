import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { estimatesIn, isRecorded, isRecordedNumber, recordedEstimates } from "./recorded-numbers";
import { recordedStudies, recordingsOf } from "./recordings";

const read = (path: string) =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

/** Sections of studies' READMEs that tell of trials outside the recording, by how their titles begin. */
const trials = ["What reward models", "Language models by rounds", "Choices for this size"];

const withoutTrials = (text: string): string =>
  text
    .split(/^(?=## )/m)
    .filter((section) => !trials.some((title) => section.startsWith(`## ${title}`)))
    .join("");

/** The paragraphs of a page that follow a comment which says that their numbers are a study's. */
const markedParagraphs = (text: string, paper: string): string[] =>
  text
    .split(/\n\n/)
    .filter((part, i, all) => `${all[i - 1]}\n${part}`.includes(`<!-- recorded: ${paper} -->`));

/** Numbers of a paragraph that have decimals, but those of paths and of intervals' confidence. */
const decimalsOf = (text: string): string[] =>
  [...text.replace(/\]\([^)]*\)/g, "]").matchAll(/(?<![\d.])[+−]?\d+\.\d+(?![\d.]*\d)/g)].map(
    ([found]) => found,
  );

describe.each(Object.keys(recordedStudies).filter((paper) => recordingsOf(paper).length > 0))(
  "the README of %s",
  (paper) => {
    it("gives estimates of its recordings alone", () => {
      const recorded = recordedEstimates(paper);
      const found = estimatesIn(withoutTrials(read(`apps/studies/${paper}/README.md`)));
      expect(found.length).toBeGreaterThan(3);
      const foreign = found.filter(({ numbers }) => !isRecorded(numbers, recorded));
      expect(foreign.map(({ said }) => said)).toEqual([]);
    });
  },
);

describe("other READMEs", () => {
  it.each([
    ["packages/fedlt/README.md", "redgrape"],
    ["packages/renode/README.md", "renode"],
    ["packages/fine-purify/README.md", "fine-purify"],
  ])("%s gives numbers of %s's recordings alone, where it says so", (path, paper) => {
    const recorded = recordedEstimates(paper);
    const marked = markedParagraphs(read(path), paper);
    expect(marked).not.toEqual([]);
    const text = marked.join("\n");
    const foreign = estimatesIn(text).filter(({ numbers }) => !isRecorded(numbers, recorded));
    expect(foreign.map(({ said }) => said)).toEqual([]);
    expect(decimalsOf(text).filter((number) => !isRecordedNumber(number, recorded))).toEqual([]);
  });
});

describe("an estimate in a text", () => {
  it("is found with its error or its interval, across lines", () => {
    const text =
      "RedGrape 79.6 ±\n0.5 %, a gain of +5.4 points (95 % interval 3.9 to 6.8), −0.1 (−1.0 to 0.8)";
    expect(estimatesIn(text).map(({ said }) => said)).toEqual([
      "79.6 ± 0.5",
      "+5.4 points (95 % interval 3.9 to 6.8",
      "−0.1 (−1.0 to 0.8",
    ]);
  });

  it("is recorded where every number rounds to it, on either side of 0", () => {
    const recorded = { exact: [[5.358, 3.945, 6.77]], printed: [] };
    const of = (text: string) => isRecorded(estimatesIn(text)[0]!.numbers, recorded);
    expect(of("5.4 (3.9 to 6.8)")).toBe(true);
    expect(of("−5.36 (−6.77 to −3.93)")).toBe(false);
    expect(of("−5.36 (−6.77 to −3.945)")).toBe(true);
    expect(of("5.4 (3.8 to 6.8)")).toBe(false);
  });
});
