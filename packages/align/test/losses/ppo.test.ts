import { setBackend, tensor } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeEach, describe, expect, it } from "vitest";
import {
  adaptKlCoefficient,
  generalizedAdvantages,
  ppoPolicyLoss,
  ppoValueLoss,
  tokenRewards,
  whiten,
} from "../../src";
import { answerMask } from "../../src/losses/gae";
import { expectClose, FLOAT64_TOLERANCE, golden, trained } from "../support/golden";

beforeEach(() => {
  setBackend("js");
});

const grid = { rows: 4, length: 6 };

describe("PPO", () => {
  it.skipIf(sharedIsMissing).each((golden.ppo?.cases ?? []) as object[])(
    "equals TRL: $kl_estimator, whitened rewards $whiten_rewards, gamma $gamma",
    // biome-ignore lint/suspicious/noExplicitAny: recorded
    (recorded: any) => {
      const given = golden.ppo;
      const [mask, valueMask] = [
        answerMask(grid, given.last_index),
        answerMask(grid, given.last_index, 1),
      ];
      const opposite = (marks: Uint8Array) => Array.from(marks, (mark) => 1 - mark);
      expect(opposite(mask)).toEqual(recorded.padding_mask.flat());
      expect(opposite(valueMask)).toEqual(recorded.value_padding_mask.flat());
      const inputs = {
        logps: given.logps.data,
        refLogps: given.ref_logps.data,
        scores: given.scores.data,
      };
      const options = {
        klCoefficient: recorded.kl_coef,
        klEstimator: recorded.kl_estimator,
        scoreAt: "after-last" as const,
      };
      const { rewards: raw, kl } = tokenRewards(
        { ...grid, ...inputs, lastIndex: given.last_index },
        options,
      );
      const rewards = recorded.whiten_rewards ? whiten(raw, valueMask, { keepMean: true }) : raw;
      expectClose(kl, recorded.kl.data, FLOAT64_TOLERANCE);
      expectClose(rewards, recorded.rewards.data, FLOAT64_TOLERANCE);
      const oldValues = given.values.data.map((value: number, i: number) => value * valueMask[i]!);
      const gae = generalizedAdvantages(grid, rewards, oldValues, {
        gamma: recorded.gamma,
        lambda: recorded.lam,
      });
      expectClose(gae.returns, recorded.returns.data, FLOAT64_TOLERANCE);
      expectClose(gae.advantages, recorded.advantages_raw.data, FLOAT64_TOLERANCE);
      const advantages = whiten(gae.advantages, mask);
      expectClose(advantages, recorded.advantages.data, FLOAT64_TOLERANCE);
      const [logps, values] = [trained(given.new_logps), trained(given.new_values)];
      const policy = ppoPolicyLoss(
        { logps, oldLogps: given.logps.data, advantages, mask },
        { clip: recorded.cliprange },
      );
      const value = ppoValueLoss(
        { values, oldValues, returns: gae.returns, mask: valueMask },
        { clip: recorded.cliprange_value },
      );
      const loss = policy.loss.add(value.loss.mul(recorded.vf_coef));
      loss.backward();
      expectClose(policy.loss, [recorded.pg_loss]);
      expectClose(value.loss, [recorded.vf_loss]);
      expectClose(loss, [recorded.loss]);
      expectClose(value.clipFraction, [recorded.vf_clip_fraction]);
      expectClose(logps.grad!, recorded.grad_new_logps.data);
      expectClose(values.grad!, recorded.grad_new_values.data);
    },
  );

  it("places the score on the last token by default, beside step rewards", () => {
    const zero = [0, 0, 0];
    const { rewards } = tokenRewards({
      rows: 1,
      length: 3,
      logps: zero,
      refLogps: zero,
      lastIndex: [1],
      scores: [5],
      stepRewards: [2, 0, 9],
    });
    expect([...rewards]).toEqual([2, 5, 0]);
  });

  it("counts a step as one move where gamma applies at its end only", () => {
    const one = { rows: 1, length: 3 };
    const { advantages } = generalizedAdvantages(one, [0, 0, 1], [0, 0, 0], {
      gamma: 0.5,
      lambda: 1,
      boundaries: [0, 1, 1],
    });
    expect([...advantages]).toEqual([0.5, 0.5, 1]);
  });

  it("refuses rewards that are not finite, naming the first", () => {
    const zero = [0, 0];
    const inputs = { rows: 1, length: 2, logps: zero, refLogps: zero, lastIndex: [1] };
    expect(() => tokenRewards({ ...inputs, scores: [Number.NaN] })).toThrow(
      expect.objectContaining({
        code: "ERR_NOT_FINITE",
        fields: expect.objectContaining({ index: 0 }),
      }),
    );
    expect(() => tokenRewards({ ...inputs, stepRewards: [0, Infinity] })).toThrow(
      /stepRewards\[1\]/,
    );
    expect(() => generalizedAdvantages(inputs, [0, Number.NaN], zero)).toThrow(/rewards\[1\]/);
  });

  it("refuses sizes, positions and options out of range", () => {
    expect(() => answerMask(grid, [0, 0, 0, 6])).toThrow(
      /lastIndex\[3\] must be a position from 0 to 5/,
    );
    expect(() => answerMask(grid, [0])).toThrow(/lastIndex must have shape \[4\]/);
    expect(() => generalizedAdvantages(grid, [0], [0])).toThrow(/rewards must have shape \[24\]/);
    const list = new Float64Array(24);
    expect(() => generalizedAdvantages(grid, list, list, { gamma: 1.1 })).toThrow(/gamma must be/);
    expect(() => generalizedAdvantages(grid, list, list, { lambda: -1 })).toThrow(/lambda must be/);
    expect(() => whiten([1, 2], [1, 0])).toThrow(/mark at least 2 numbers, got 1/);
    const logps = tensor([[-1]]);
    expect(() => ppoPolicyLoss({ logps, oldLogps: [], advantages: [1], mask: [1] })).toThrow(
      /oldLogps/,
    );
    expect(() =>
      ppoValueLoss({ values: logps, oldValues: [0], returns: [0], mask: [1] }, { clip: -1 }),
    ).toThrow(/clip must be a finite number of at least 0/);
  });
});

describe("adaptKlCoefficient", () => {
  it("moves by at most 20 % of the share of the horizon, towards the target", () => {
    expect(adaptKlCoefficient(0.1, 12, 1000)).toBeCloseTo(0.1 * 1.02, 12);
    expect(adaptKlCoefficient(0.1, 5.7, 1000)).toBeCloseTo(0.1 * 0.995, 12);
    expect(adaptKlCoefficient(0.1, 6, 1000)).toBe(0.1);
    expect(adaptKlCoefficient(0.1, 0, 1000)).toBeCloseTo(0.1 * 0.98, 12);
  });

  it("refuses a KL that is NaN", () => {
    expect(() => adaptKlCoefficient(0.1, Number.NaN, 1)).toThrow(/kl must be/);
  });
});
