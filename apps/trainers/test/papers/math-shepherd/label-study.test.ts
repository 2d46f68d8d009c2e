import { constantSolver, generateProblem, hardLabelAccuracy } from "@deepgrain/prm";
import { expect, it } from "vitest";
import { measureLabels } from "../../../src/papers/math-shepherd/label-study";

it("finds what the closed form says on a solver with constant hit rates", async () => {
  const problems = Array.from({ length: 120 }, (_, i) => generateProblem(i, { steps: [4, 4] }));
  // Every other solution goes wrong at its second step.
  const solutions = problems.map(({ id, problem, steps, answer: gold }, i) => ({
    ...{ id, problem, gold },
    steps: i % 2 ? steps : [steps[0]!, steps[0]!, ...steps.slice(2)],
  }));
  const found = await measureLabels(solutions, new Map(problems.map((one) => [one.problem, one])), {
    completer: constantSolver(problems, { goodHit: 0.5, badHit: 0.05 }),
    completions: 16,
    signal: new AbortController().signal,
  });
  expect(found).toMatchObject({ steps: 360, goodShare: 2 / 3 });
  expect(found.goodHit).toBeCloseTo(0.5, 1);
  expect(found.badHit).toBeCloseTo(0.05, 1);
  for (const [i, { n, hardAccuracy }] of found.quality.entries()) {
    const form = hardLabelAccuracy(n, { goodShare: 2 / 3, goodHit: 0.5, badHit: 0.05 });
    expect(Math.abs(hardAccuracy - form)).toBeLessThan(0.06);
    expect(Math.abs(found.predicted[i]! - form)).toBeLessThan(0.06);
  }
});
