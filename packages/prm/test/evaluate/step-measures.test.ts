import { expect, it } from "vitest";
import { stepMeasures } from "../../src/evaluate/step-measures";

const right = { scores: [0.9, 0.8, 0.7], firstError: -1 };
const wrong = { scores: [0.9, 0.2, 0.6], firstError: 1 };
const missed = { scores: [0.4, 0.6], firstError: 1 };

it("measures steps up to the first error, and first errors by ProcessBench's F1", () => {
  const found = stepMeasures([right, wrong, missed]);
  expect(found).toMatchObject({ steps: 7, accuracy: 5 / 7, outcomeShift: 1 / 3 });
  // Of two rows with an error one is found at its place; the row without one is left alone.
  expect(found.firstErrors).toMatchObject({ errorAccuracy: 0.5, correctAccuracy: 1, f1: 2 / 3 });
  expect(found.calibration.bins.reduce((sum, { count }) => sum + count, 0)).toBe(7);
});

it("leaves the F1 out where all or no solutions hold an error", () => {
  expect(stepMeasures([right]).firstErrors).toBeNull();
  expect(stepMeasures([wrong]).firstErrors).toBeNull();
});

it("takes another threshold, and refuses no solutions", () => {
  expect(stepMeasures([missed], { threshold: 0.3 }).accuracy).toBe(0.5);
  expect(() => stepMeasures([])).toThrow(/no solutions/);
});
