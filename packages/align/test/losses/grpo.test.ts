import { nn, setBackend, tensor } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeEach, describe, expect, it } from "vitest";
import { type GrpoLossType, grpoLoss, klEstimate } from "../../src";
import type { GrpoOptions } from "../../src/losses/grpo";
import { expectClose, golden, stored, trained } from "../support/golden";

beforeEach(() => {
  setBackend("js");
});

describe("grpoLoss", () => {
  it.skipIf(sharedIsMissing).each((golden.grpo?.cases ?? []) as object[])(
    "equals TRL: $loss_type, beta $beta, on policy $on_policy",
    // biome-ignore lint/suspicious/noExplicitAny: recorded
    (recorded: any) => {
      const logps = trained(golden.grpo.logps);
      const { loss, kl, clipFraction } = grpoLoss(
        {
          logps,
          ...(!recorded.on_policy && { oldLogps: stored(golden.grpo.old_logps) }),
          refLogps: stored(golden.grpo.ref_logps),
          advantages: stored(golden.grpo.advantages),
          mask: golden.grpo.completion_mask.flat(),
        },
        {
          lossType: recorded.loss_type.replace("_", "-") as GrpoLossType,
          beta: recorded.beta,
          epsilonLow: recorded.epsilon_low ?? 0.2,
          epsilonHigh: recorded.epsilon_high ?? 0.2,
          maxCompletionLength: golden.grpo.max_completion_length,
        },
      );
      loss.backward();
      expectClose(loss, [recorded.loss]);
      expectClose(logps.grad!, recorded.grad_logps.data);
      expectClose(clipFraction, [recorded.clip_fraction]);
      if (recorded.kl !== undefined) expectClose(kl!, [recorded.kl]);
    },
  );

  it("has the gradient ρA + β(π_ref/π − 1) per token, and drops the policy part where it is clipped", () => {
    const logps = nn.parameter(tensor([[-1, -0.5]]));
    const [oldLogps, refLogps] = [tensor([[-1.1, -1.5]]), tensor([[-1.2, -0.5]])];
    const inputs = { logps, oldLogps, refLogps, advantages: tensor([2]), mask: [1, 1] };
    grpoLoss(inputs, { beta: 0.5 }).loss.backward();
    const first = -(Math.exp(0.1) * 2 + 0.5 * (Math.exp(-0.2) - 1)) / 2;
    expectClose(logps.grad!, [first, 0]); // the second ratio is e > 1.2 and A > 0, and there the KL is 0
  });

  it("takes the mean over all tokens with bnpo", () => {
    const logps = tensor([
      [-1, -2],
      [-3, 0],
    ]);
    const inputs = {
      logps,
      advantages: tensor([
        [1, 2],
        [4, 0],
      ]),
      mask: [1, 1, 1, 0],
    };
    expect(grpoLoss(inputs, { lossType: "bnpo", beta: 0 }).loss.itemSync()).toBeCloseTo(-7 / 3, 6);
    expect(grpoLoss(inputs, { lossType: "grpo", beta: 0 }).loss.itemSync()).toBeCloseTo(
      -5.5 / 2,
      6,
    );
  });

  it("ignores what padding holds, and stays finite for far policies", () => {
    const logps = nn.parameter(tensor([[-1, -1e30, -500]]));
    const refLogps = tensor([[-1, 0, 0]]);
    const { loss, kl } = grpoLoss({ logps, refLogps, advantages: tensor([1]), mask: [1, 0, 1] });
    loss.backward();
    expect(Number.isFinite(loss.itemSync()) && Number.isFinite(kl!.itemSync())).toBe(true);
    expect(Array.from(logps.grad!.dataSync()).every(Number.isFinite)).toBe(true);
    expect(logps.grad!.dataSync()[1]).toBe(0);
  });

  const logps = tensor([[-1, -2]]);
  const plain = { logps, advantages: tensor([1]), mask: [1, 1] };
  it.each([
    ["beta without a reference", plain, {}, "ERR_ARGUMENT"],
    ["a mask that marks nothing", { ...plain, mask: [0, 0] }, { beta: 0 }, "ERR_RANGE"],
    ["a mask of another size", { ...plain, mask: [1] }, { beta: 0 }, "ERR_SHAPE"],
    [
      "advantages of another size",
      { ...plain, advantages: tensor([1, 2]) },
      { beta: 0 },
      "ERR_SHAPE",
    ],
    [
      "old log-probabilities of another size",
      { ...plain, oldLogps: tensor([1]) },
      { beta: 0 },
      "ERR_SHAPE",
    ],
    ["log-probabilities of one row", { ...plain, logps: tensor([1]) }, { beta: 0 }, "ERR_SHAPE"],
    ["dr-grpo without a length", plain, { beta: 0, lossType: "dr-grpo" }, "ERR_RANGE"],
    ["an unknown loss", plain, { beta: 0, lossType: "x" as GrpoLossType }, "ERR_ARGUMENT"],
    ["a negative epsilon", plain, { beta: 0, epsilonLow: -0.1 }, "ERR_RANGE"],
  ] as [string, typeof plain, GrpoOptions, string][])("refuses %s", (_, inputs, options, code) => {
    expect(() => grpoLoss(inputs, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe("klEstimate", () => {
  it("gives the value worked by hand", () => {
    expect(klEstimate(tensor([0]), tensor([-0.3])).itemSync()).toBeCloseTo(0.0408182207, 6);
  });
});
