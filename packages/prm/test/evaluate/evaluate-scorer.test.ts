import { describe, expect, it } from "vitest";
import { evaluateScorer, type StepScorer } from "../../src";

const rows = [
  { problem: "a", steps: ["1", "2"], labels: [true, false], isAnswerRight: false },
  { problem: "b", steps: ["1", "2", "3"], labels: [true, null, true], isAnswerRight: true },
];
const scores: Record<string, number[]> = { a: [0.9, 0.2], b: [0.8, 0.7, 0.4] };
const scorer: StepScorer = async (problem) => scores[problem]!;

describe("evaluateScorer", () => {
  it("measures the labelled steps, and first errors where asked to", async () => {
    const found = await evaluateScorer(scorer, rows, { bins: 2, firstErrors: true });
    expect(found.steps).toBe(4);
    expect(found.accuracy).toBe(0.75); // only the last step of b is below one half though right
    expect(found.outcomeShift).toBe(1);
    expect(found.calibration.bins.map(({ count }) => count)).toEqual([2, 2]);
    // a: error at 1, found at 1; b: none, but 2 is found
    expect(found.processBench).toMatchObject({ errorAccuracy: 1, correctAccuracy: 0, f1: 0 });
    const other = await evaluateScorer(scorer, rows, { threshold: 0.3 });
    expect(other.accuracy).toBe(1);
    expect(other.processBench).toBeUndefined();
  });

  it("refuses rows without labels, and thresholds beyond 1", async () => {
    const bare = [{ ...rows[0]!, labels: [null, null] }];
    await expect(evaluateScorer(scorer, bare)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    await expect(evaluateScorer(scorer, rows, { threshold: 2 })).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
  });
});
