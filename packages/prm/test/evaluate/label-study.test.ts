import { describe, expect, it } from "vitest";
import { hardLabelAccuracy } from "../../src/annotate/recommend-n";
import { labelStudy } from "../../src/evaluate/label-study";
import { generateProblem } from "../../src/world/generate-problem";
import { constantSolver } from "../../src/world/solvers";

const problems = Array.from({ length: 120 }, (_, i) => generateProblem(i, { steps: [4, 4] }));
/** Every other solution goes wrong at its second step. */
const solutions = problems.map(({ id, problem, steps, answer: gold }, i) => ({
  id,
  problem,
  gold,
  steps: i % 2 ? steps : [steps[0]!, steps[0]!, ...steps.slice(2)],
}));
const completer = constantSolver(problems, { goodHit: 0.5, badHit: 0.05 });

describe("labelStudy", () => {
  it("finds what the closed form says on a solver with constant hit rates", async () => {
    const isGood = ({ steps }: { steps: readonly string[] }, step: number) =>
      step === 0 || steps[0] !== steps[1];
    const found = await labelStudy(solutions, isGood, { completer, n: 16 });
    expect(found).toMatchObject({ steps: 360, goodShare: 2 / 3 });
    expect(found.goodHit).toBeCloseTo(0.5, 1);
    expect(found.badHit).toBeCloseTo(0.05, 1);
    expect(found.quality.map(({ n }) => n)).toEqual([1, 2, 4, 8, 16]);
    for (const [i, { n, hardAccuracy }] of found.quality.entries()) {
      const form = hardLabelAccuracy(n, { goodShare: 2 / 3, goodHit: 0.5, badHit: 0.05 });
      expect(Math.abs(hardAccuracy - form)).toBeLessThan(0.06);
      expect(Math.abs(found.predicted[i]! - form)).toBeLessThan(0.06);
    }
    expect(found.predicted.at(-1)).toBeCloseTo(found.quality.at(-1)!.hardAccuracy, 12);
  });

  it("refuses solutions of one step, and rows that are none", async () => {
    const short = solutions.map((one) => ({ ...one, steps: one.steps.slice(0, 1) }));
    await expect(labelStudy(short, () => true, { completer })).rejects.toThrow(/two steps/);
    const twice = [solutions[0]!, solutions[0]!];
    await expect(labelStudy(twice, () => true, { completer })).rejects.toThrow(/occurs twice/);
  });
});
