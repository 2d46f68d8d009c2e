import { expect, it } from "vitest";
import { describePlan, plan, workloadOf } from "../../src";

const solutions = [
  { problem: "a".repeat(40), steps: ["b".repeat(20), "c".repeat(12)] },
  { problem: "d".repeat(80), steps: ["e".repeat(4)] },
];

it("plans solutions by their texts, four characters a token", () => {
  const tokens = { problem: 15, step: 3 };
  const options = { n: 4, callSize: 2, pricePerMillion: { prompt: 1000, completion: 1000 } };
  const planned = plan(solutions, options);
  expect(planned).toEqual(plan(workloadOf(solutions), { ...options, tokens }));
  const lines = describePlan(planned, 2).split("\n");
  expect(lines[0]).toBe("2 solutions, 3 steps");
  expect(lines[1]).toBe("at most 4 completions in 2 requests");
  expect(lines[3]).toContain("saves about 36 prompt tokens");
  expect(lines[4]).toContain("2 workers");
  expect(describePlan(plan(solutions, { n: 4 }), 1)).not.toContain("saves");
});
