import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { calibration } from "../../src/evaluate/calibration";
import { outcomeShift } from "../../src/evaluate/outcome-shift";
import {
  bestThreshold,
  evaluateProcessBench,
  firstBelow,
  processBenchMetrics,
} from "../../src/evaluate/process-bench";
import { parseProcessBench } from "../../src/formats/process-bench";

describe("ProcessBench", () => {
  it("measures a case worked by hand", () => {
    // Errors: 2 of 3 named exactly; correct rows: 1 of 2 → F1 = 2 · ⅔ · ½ / (⅔ + ½) = 4/7.
    const pairs = [
      { label: 0, prediction: 0 },
      { label: 2, prediction: 2 },
      { label: 1, prediction: -1 },
      { label: -1, prediction: -1 },
      { label: -1, prediction: 0 },
    ];
    expect(processBenchMetrics(pairs)).toEqual({
      errorAccuracy: 2 / 3,
      correctAccuracy: 1 / 2,
      f1: expect.closeTo(4 / 7, 12),
      errorRows: 3,
      correctRows: 2,
    });
  });

  it("is 0 where nothing is right, and needs rows of both kinds", () => {
    const wrong = [
      { label: 0, prediction: 1 },
      { label: -1, prediction: 1 },
    ];
    expect(processBenchMetrics(wrong).f1).toBe(0);
    expect(() => processBenchMetrics([{ label: 0, prediction: 0 }])).toThrow(/got 1 and 0/);
  });

  it("finds the first score below the threshold, and the threshold that serves best", () => {
    expect(firstBelow([0.9, 0.4, 0.1])).toBe(1);
    expect(firstBelow([0.9, 0.5])).toBe(-1);
    const rows = [
      { label: 1, scores: [0.9, 0.7] },
      { label: 0, scores: [0.6, 0.9] },
      { label: -1, scores: [0.8, 0.9] },
    ];
    const { threshold, f1 } = bestThreshold(rows);
    expect(threshold).toBeCloseTo(0.75, 12);
    expect(f1).toBe(1);
  });

  it.skipIf(sharedIsMissing)(
    "has F1 1 with the labels themselves and 0 for a scorer that likes everything",
    async () => {
      const lines = readFileSync(shared("data/math/processbench-gsm8k-200.jsonl"), "utf8").trim();
      const rows = lines.split("\n").map((line) => parseProcessBench(JSON.parse(line)));
      const truth = new Map(rows.map((row) => [row.problem + row.steps.join(), row.label]));
      const perfect = await evaluateProcessBench(rows, async (problem, steps) =>
        steps.map((_, i) => (truth.get(problem + steps.join()) === i ? 0 : 1)),
      );
      expect(perfect).toMatchObject({ f1: 1, errorRows: 104, correctRows: 96 });
      const kind = await evaluateProcessBench(rows, async (_, steps) => steps.map(() => 1));
      expect(kind).toMatchObject({ f1: 0, errorAccuracy: 0, correctAccuracy: 1 });
    },
  );
});

describe("calibration", () => {
  it("is a case worked by hand", () => {
    // Bin [0, ½): scores .2 .4, labels 0 1 → |.3 − .5|; bin [½, 1]: .6 1, labels 1 1 → |.8 − 1|.
    const made = calibration([0.2, 0.4, 0.6, 1], [0, 1, true, 1], { bins: 2 });
    expect(made.expectedError).toBeCloseTo(0.2, 12);
    expect(made.largestError).toBeCloseTo(0.2, 12);
    expect(made.brier).toBeCloseTo((0.04 + 0.36 + 0.16) / 4, 12);
    expect(made.bins.map(({ count, meanLabel }) => [count, meanLabel])).toEqual([
      [2, 0.5],
      [2, 1],
    ]);
  });

  it("is 0 for scores that are the labels", () => {
    expect(calibration([0, 1, 1], [0, 1, 1]).expectedError).toBe(0);
  });

  it("refuses lists that do not fit", () => {
    expect(() => calibration([], [])).toThrow(/as many scores as labels/);
    expect(() => calibration([2], [1])).toThrow(
      /score 0 must be a finite number from 0 to 1, got 2/,
    );
  });
});

describe("process-to-outcome shift", () => {
  it("is the share of solutions whose last score is lowest", () => {
    expect(outcomeShift([[0.9, 0.1], [0.1, 0.9], [0.5, 0.5], [0.3]])).toBe(0.5);
    expect(() => outcomeShift([])).toThrow(/no solutions/);
    expect(() => outcomeShift([[]])).toThrow(/solution 1 has no steps/);
  });
});
