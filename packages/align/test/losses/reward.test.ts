import { setBackend, tensor } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeEach, describe, expect, it } from "vitest";
import { rewardLoss } from "../../src";
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
