import { setBackend, tensor } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeEach, describe, expect, it } from "vitest";
import { pointwiseRewardLoss, rewardLoss } from "../../src";
import { expectClose, golden, trained } from "../support/golden";

beforeEach(() => {
  setBackend("js");
});

describe("rewardLoss", () => {
  it("is −log σ of the lead less the margin", () => {
    const loss = rewardLoss(tensor([2]), tensor([0.5]), { margins: [0.5] });
    expect(loss.itemSync()).toBeCloseTo(Math.log1p(Math.exp(-1)), 6);
  });

  it.skipIf(sharedIsMissing).each((golden.reward?.cases ?? []) as object[])(
    "equals TRL: margin $margin, center $center",
    // biome-ignore lint/suspicious/noExplicitAny: recorded
    (recorded: any) => {
      const scores = trained(golden.reward.rewards_chosen_then_rejected);
      const loss = rewardLoss(scores.narrow(0, 0, 4), scores.narrow(0, 4, 4), {
        ...(recorded.margin && { margins: golden.reward.margins.data }),
        center: recorded.center ?? 0,
      });
      loss.backward();
      expectClose(loss, [recorded.loss]);
      expectClose(scores.grad!, recorded.grad_rewards.data);
    },
  );

  it("refuses sizes that differ, a negative center and margins that are not finite", () => {
    const [chosen, rejected] = [tensor([1, 2]), tensor([0, 0])];
    expect(() => rewardLoss(chosen, tensor([0]))).toThrow(/rejected must have shape/);
    expect(() => rewardLoss(chosen, rejected, { center: -1 })).toThrow(
      /center must be a finite number of at least 0/,
    );
    expect(() => rewardLoss(chosen, rejected, { margins: [1] })).toThrow(
      /margins must have shape \[2\]/,
    );
    expect(() => rewardLoss(chosen, rejected, { margins: [1, Number.NaN] })).toThrow(
      expect.objectContaining({ code: "ERR_NOT_FINITE" }),
    );
  });
});

describe("pointwiseRewardLoss", () => {
  it("is the cross-entropy of the verdicts, and its gradient is σ(r) − y over n", () => {
    const scores = trained({ shape: [2], data: [2, -1] });
    const loss = pointwiseRewardLoss(scores, [1, 1]);
    // log(1 + e⁻²) = 0.126928, log(1 + e) = 1.313262
    expect(loss.itemSync()).toBeCloseTo((0.126928 + 1.313262) / 2, 5);
    loss.backward();
    expectClose(scores.grad!, [-0.119203 / 2, -0.731059 / 2]);
  });

  it("stays finite for large scores, and takes probabilities as labels", () => {
    expect(pointwiseRewardLoss(tensor([200, -200]), [0, 1]).itemSync()).toBeCloseTo(200, 3);
    expect(pointwiseRewardLoss(tensor([0]), [0.25]).itemSync()).toBeCloseTo(Math.LN2, 6);
  });

  it("refuses labels outside of 0 to 1 and a wrong number of them", () => {
    expect(() => pointwiseRewardLoss(tensor([1]), [2])).toThrow(/labels\[0\]/);
    expect(() => pointwiseRewardLoss(tensor([1]), [1, 0])).toThrow(/labels must have shape \[1\]/);
  });
});
