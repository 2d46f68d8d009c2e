import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { omegaTree } from "../../src/annotate/omega-tree";
import type { LabelledSolution } from "../../src/annotate/step-value";
import { toMathShepherdRow, toTrlRow } from "../../src/formats/labelled-rows";
import { formatMathShepherd, parseMathShepherd } from "../../src/formats/math-shepherd";
import {
  flattenOmegaTree,
  omegaFlatRows,
  omegaTreeRow,
  parseOmegaFlat,
  parseOmegaTree,
} from "../../src/formats/omega-prm";
import { parseProcessBench } from "../../src/formats/process-bench";
import { parseSearchAndLearn } from "../../src/formats/search-and-learn";
import { toSearchAndLearnRow } from "../../src/formats/search-and-learn-row";
import { generateProblem } from "../../src/world/generate-problem";
import { noisySolver } from "../../src/world/solvers";
import { linesOf, rowsOf } from "../support/rows";

describe("ProcessBench, OmegaPRM and search-and-learn rows", () => {
  it.skipIf(sharedIsMissing)("of ProcessBench are all read", async () => {
    const lines = linesOf("data/math/processbench-gsm8k-200.jsonl");
    const events = await rowsOf(lines.join("\n"), parseProcessBench);
    expect(events.at(-1)).toEqual({ type: "rows-end", rows: 200, rejected: 0 });
    const rows = events.flatMap((e) => (e.type === "row" ? [e.value] : []));
    expect(rows.filter(({ label }) => label === -1)).toHaveLength(96);
    expect(rows.flatMap(({ steps }) => steps)).toHaveLength(1019);
  });

  it("of ProcessBench are refused with a label outside the steps", () => {
    const row = {
      id: "a",
      generator: "g",
      problem: "p",
      steps: ["a"],
      final_answer_correct: true,
      label: 0,
    };
    expect(parseProcessBench({ ...row, more: 1 })).toEqual({ ...row, more: 1 });
    expect(() => parseProcessBench({ ...row, label: 1 })).toThrow(/-1 or an index below 1, got 1/);
    expect(() => parseProcessBench({ ...row, steps: [] })).toThrow(/at least one step/);
  });

  it("of OmegaPRM are written flat and as a tree, which flattens to the same", async () => {
    const problem = generateProblem(4, { steps: [5, 5] });
    const completer = noisySolver([problem], { slip: 0.2 });
    const tree = await omegaTree(problem.problem, problem.answer, { completer, rollouts: 8 });
    const flat = omegaFlatRows(tree).map((row) => parseOmegaFlat(JSON.parse(JSON.stringify(row))));
    expect(flat.length).toBeGreaterThan(3);
    const read = parseOmegaTree(JSON.parse(JSON.stringify(omegaTreeRow(tree))));
    expect(read).toEqual(omegaTreeRow(tree));
    expect(flattenOmegaTree(read)).toEqual(flat);
    expect(() => parseOmegaFlat({ ...flat[0], mc_value: 2 })).toThrow(/within \[0, 1\]/);
    expect(() => parseOmegaTree({ question: "q", tree: { text: "", mc_value: 0 } })).toThrow(
      /children/,
    );
  });

  it("of search-and-learn keep their columns and need lists of one length", () => {
    const row = {
      problem: "p",
      completions: ["a", "b"],
      scores: [[0.1, 0.2], [0.3]],
      pred: "1",
      completion_tokens: [3, 4],
      "pred_maj@2": "1",
    };
    expect(parseSearchAndLearn(row)).toEqual(row);
    expect(() => parseSearchAndLearn({ ...row, scores: [[1]] })).toThrow(
      /scores must be a list of 2/,
    );
    expect(() => parseSearchAndLearn({ ...row, scores: [["a"], []] })).toThrow(/lists of numbers/);
  });
});

describe("annotated solutions", () => {
  const result: LabelledSolution = {
    id: "a",
    problem: "p",
    steps: ["one", "two", "three"],
    gold: "1",
    values: [0.5, 0, null],
    estimates: [],
    firstError: 1,
    isAnswerRight: false,
  };

  it("become rows without the steps that have no value", () => {
    expect(toTrlRow(result)).toEqual({
      prompt: "p",
      completions: ["one", "two"],
      labels: [0.5, 0],
    });
    expect(toTrlRow({ ...result, values: [1, 0, null] }).labels).toEqual([true, false]);
    const row = toMathShepherdRow(result, "GSM8K");
    expect(parseMathShepherd(formatMathShepherd(row))).toEqual({
      problem: "p",
      steps: ["Step 1: one", "Step 2: two"],
      labels: [true, false],
      task: "GSM8K",
    });
  });
});

describe("scored solutions", () => {
  it("become a row of search-and-learn with predictions for the first 1, 2, …", () => {
    const solution = (answer: string, score: number) => ({
      steps: ["a", answer],
      answer,
      key: answer,
      stepScores: [0.5, score],
      score,
    });
    const row = toSearchAndLearnRow(
      "p",
      [solution("1", 0.4), solution("2", 0.9), solution("1", 0.3), solution("1", 0.1)],
      [3, 3, 3, 3],
    );
    expect(parseSearchAndLearn(JSON.parse(JSON.stringify(row)))).toEqual(row);
    expect(row).toMatchObject({
      completions: ["a\n1", "a\n2", "a\n1", "a\n1"],
      pred: "2",
      "pred_naive@1": "1",
      "pred_maj@2": "1",
      "pred_maj@4": "1",
      "pred_weighted@4": "2",
      "pred_naive@4": "2",
    });
  });
});
