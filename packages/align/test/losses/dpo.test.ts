import { nn, setBackend, tensor } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type DpoLossType, dpoLoss, logpsOf } from "../../src";
import type { DpoOptions } from "../../src/losses/dpo";
import { expectClose, golden, stored, trained } from "../support/golden";

beforeEach(() => {
  setBackend("js");
});

const typeOf = (name: string) => name.replace("_", "-") as DpoLossType;

describe("dpoLoss", () => {
  it("gives the value worked by hand", () => {
    const policy = { chosen: tensor([-10]), rejected: tensor([-12]) };
    const reference = { chosen: tensor([-11]), rejected: tensor([-11.5]) };
    expect(dpoLoss(policy, reference).loss.itemSync()).toBeCloseTo(0.6209570478, 6);
  });

  it.skipIf(sharedIsMissing).each((golden.dpo?.sequence.cases ?? []) as { loss_type: string }[])(
    "equals TRL on summed log-probabilities: $loss_type, beta $beta, smoothing $label_smoothing",
    // biome-ignore lint/suspicious/noExplicitAny: recorded
    (recorded: any) => {
      const given = golden.dpo.sequence;
      const policy = {
        chosen: trained(given.chosen_logps),
        rejected: trained(given.rejected_logps),
      };
      const reference = {
        chosen: stored(given.ref_chosen_logps),
        rejected: stored(given.ref_rejected_logps),
      };
      const result = dpoLoss(policy, reference, {
        lossType: typeOf(recorded.loss_type),
        beta: recorded.beta,
        labelSmoothing: recorded.label_smoothing ?? 0,
        referenceFree: recorded.reference_free ?? false,
      });
      result.loss.backward();
      expectClose(result.loss, [recorded.loss]);
      expectClose(result.losses, recorded.losses.data);
      expectClose(result.chosenRewards, recorded.chosen_rewards.data);
      expectClose(result.rejectedRewards, recorded.rejected_rewards.data);
      expectClose(policy.chosen.grad!, recorded.grad_chosen_logps.data);
      expectClose(policy.rejected.grad!, recorded.grad_rejected_logps.data);
    },
  );

  it.skipIf(sharedIsMissing).each((golden.dpo?.tokens.cases ?? []) as { loss_types: string[] }[])(
    "equals TRL from logits on: $loss_types",
    // biome-ignore lint/suspicious/noExplicitAny: recorded
    (recorded: any) => {
      const given = golden.dpo.tokens;
      const logits = trained(given.logits);
      const ids: number[] = given.input_ids.flat();
      const labels = given.completion_mask
        .flat()
        .map((mark: number, i: number) => (mark ? ids[i] : -100));
      const { sums, counts } = logpsOf(logits, { ids, labels, batch: 6, length: 8 });
      expectClose(sums, given.sequence_logps.data);
      const reference = {
        chosen: stored(given.ref_chosen_logps),
        rejected: stored(given.ref_rejected_logps),
      };
      const policy = { chosen: sums.narrow(0, 0, 3), rejected: sums.narrow(0, 3, 3) };
      const result = dpoLoss(policy, reference, {
        lossType: typeOf(recorded.loss_types[0]),
        beta: recorded.beta,
        labelSmoothing: recorded.label_smoothing ?? 0,
        lengths: { chosen: counts.subarray(0, 3), rejected: counts.subarray(3) },
      });
      result.loss.backward();
      expectClose(result.loss, [recorded.loss]);
      expectClose(logits.grad!, recorded.grad_logits.data);
      const margins = result.chosenRewards.sub(result.rejectedRewards);
      expectClose(margins.mean(), [recorded.rewards_margin]);
      expect(margins.gt(0).sum().itemSync() / 3).toBe(recorded.rewards_accuracy);
    },
  );

  it("is log 2 where the policy is the reference, whatever the answers", () => {
    const number = fc.float({ min: -50, max: 0, noNaN: true });
    fc.assert(
      fc.property(number, number, (w, l) => {
        const logps = { chosen: tensor([w]), rejected: tensor([l]) };
        expect(dpoLoss(logps, logps).loss.itemSync()).toBeCloseTo(Math.LN2, 5);
      }),
      { numRuns: 50 },
    );
  });

  it("adds the mean of −log π per token of chosen answers, by its weight", () => {
    const policy = { chosen: nn.parameter(tensor([-10, -3])), rejected: tensor([-12, -2]) };
    const reference = { chosen: tensor([-11, -3]), rejected: tensor([-11.5, -2]) };
    const lengths = { chosen: [4, 2], rejected: [5, 1] };
    const { loss, sftLosses } = dpoLoss(policy, reference, { sftWeight: 0.2, lengths });
    expectClose(sftLosses!, [2.5, 1.5]);
    const preferred = (0.6209570478 + Math.LN2) / 2;
    expect(loss.itemSync()).toBeCloseTo(preferred + 0.2 * 2, 5);
    loss.backward();
    const slope = (z: number) => -0.1 / (1 + Math.exp(z)) / 2;
    expectClose(policy.chosen.grad!, [slope(0.15) - (0.2 * 0.5) / 4, slope(0) - (0.2 * 0.5) / 2]);
    expect(dpoLoss(policy, reference, { sftWeight: 0, lengths }).sftLosses).toBeNull();
  });

  const pair = { chosen: tensor([-1]), rejected: tensor([-2]) };
  it.each([
    ["beta of 0", { beta: 0 }, "ERR_RANGE"],
    ["beta that is NaN", { beta: Number.NaN }, "ERR_RANGE"],
    ["smoothing of 0.5", { labelSmoothing: 0.5 }, "ERR_RANGE"],
    ["smoothing above 0.5", { labelSmoothing: 0.6 }, "ERR_RANGE"],
    ["smoothing for ipo", { lossType: "ipo", labelSmoothing: 0.1 }, "ERR_ARGUMENT"],
    ["an unknown loss", { lossType: "kto" as DpoLossType }, "ERR_ARGUMENT"],
    ["a negative weight of fine-tuning", { sftWeight: -1 }, "ERR_RANGE"],
    ["a weight of fine-tuning without lengths", { sftWeight: 0.2 }, "ERR_ARGUMENT"],
    ["sigmoid-norm without lengths", { lossType: "sigmoid-norm" }, "ERR_ARGUMENT"],
    ["an empty answer", { lossType: "ipo", lengths: { chosen: [0], rejected: [1] } }, "ERR_RANGE"],
    [
      "lengths of another size",
      { lossType: "ipo", lengths: { chosen: [], rejected: [1] } },
      "ERR_SHAPE",
    ],
  ] as [string, DpoOptions, string][])("refuses %s", (_, options, code) => {
    expect(() => dpoLoss(pair, pair, options)).toThrow(expect.objectContaining({ code }));
  });

  it("refuses a missing reference and sizes that differ", () => {
    expect(() => dpoLoss(pair, null)).toThrow(/reference must hold log-probabilities/);
    const wide = { chosen: tensor([-1, -2]), rejected: tensor([-2, -3]) };
    expect(() => dpoLoss(pair, wide)).toThrow(/reference.chosen must have shape \[1\], got \[2\]/);
    expect(() => dpoLoss({ ...pair, rejected: wide.rejected }, pair)).toThrow(
      /rejected must have shape/,
    );
  });
});
