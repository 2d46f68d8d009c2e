import { sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combineRewards, groupAdvantages, processAdvantages } from "../../src";
import { expectClose, FLOAT64_TOLERANCE, golden } from "../support/golden";

describe("groupAdvantages", () => {
  it("gives ±1 by the population's deviation and ±0.866 by the sample's", () => {
    const rewards = [1, 0, 0, 1];
    expectClose(groupAdvantages(rewards, 4, { correction: 0, epsilon: 0 }), [1, -1, -1, 1], 1e-12);
    const sample = groupAdvantages(rewards, 4, { epsilon: 0 });
    expectClose(
      sample,
      [1, -1, -1, 1].map((x) => 0.8660254 * x),
      1e-7,
    );
  });

  it.skipIf(sharedIsMissing).each((golden.grpo?.group_advantages ?? []) as object[])(
    "equals TRL: $groups groups of $group_size, $functions functions, scale $scale",
    // biome-ignore lint/suspicious/noExplicitAny: recorded
    (recorded: any) => {
      const { shape, data } = recorded.rewards_per_function;
      const perFunction = Array.from({ length: shape[1] }, (_, f) =>
        Array.from({ length: shape[0] }, (_, i) => data[i * shape[1] + f]),
      );
      const rewards = combineRewards(perFunction, recorded.weights);
      const advantages = groupAdvantages(rewards, recorded.group_size, { scale: recorded.scale });
      expectClose(advantages, recorded.advantages.data, FLOAT64_TOLERANCE);
    },
  );

  it("sums to 0 in every group, and is 0 where all rewards are equal", () => {
    const rewards = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(rewards, (group) => {
        const advantages = groupAdvantages([...group, 0.1, 0.1, 0.1, 0.1], 4);
        expect(advantages.slice(0, 4).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
        expect([...advantages.slice(4)]).toEqual([0, 0, 0, 0]);
      }),
    );
  });

  it("refuses groups that are not whole, rewards that are not finite and unknown scales", () => {
    expect(() => groupAdvantages([1, 2, 3], 2)).toThrow(/multiple of groupSize 2 above 0, got 3/);
    expect(() => groupAdvantages([1, Number.NaN], 2)).toThrow(
      /rewards\[1\] must be a finite number/,
    );
    expect(() => groupAdvantages([1, 2], 2, { scale: "x" as "none" })).toThrow(/scale must be/);
    expect(() => groupAdvantages([1, 2], 0)).toThrow(/groupSize must be a whole number/);
    expect(() => combineRewards([[1, 2], [1]])).toThrow(
      /rewards\[1\] must have shape \[2\], got \[1\]/,
    );
  });
});

describe("processAdvantages", () => {
  it("sums the normalised rewards of the steps that end at a token or later", () => {
    const answers = [
      { ends: [1, 3], rewards: [1, 0] },
      { ends: [2], rewards: [2] },
    ];
    const advantages = processAdvantages(answers, 2, 4, { correction: 0, epsilon: 0 });
    const unit = Math.sqrt(1.5); // rewards 1, 0, 2: mean 1, population deviation √(2/3)
    const wanted = [-unit, -unit, -unit, -unit, unit, unit, unit, 0];
    expect(advantages).toBeAllclose(wanted, { rtol: 1e-12, atol: 1e-12 });
  });

  it("refuses steps that do not ascend, lie outside, or lack a reward", () => {
    const run = (ends: number[], rewards: number[]) => processAdvantages([{ ends, rewards }], 1, 4);
    expect(() => run([2, 2], [1, 1])).toThrow(/must ascend within 0 … 3, got 2, 2/);
    expect(() => run([4], [1])).toThrow(/must ascend/);
    expect(() => run([1, 2], [1])).toThrow(/answers\[0\].rewards must have shape \[2\]/);
  });
});
