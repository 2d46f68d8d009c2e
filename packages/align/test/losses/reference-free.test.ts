import { nn, setBackend, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { dpoLoss, orpoLoss, simpoLoss } from "../../src";
import { expectDifferences } from "../support/differences";

beforeEach(() => {
  setBackend("js");
});

const lengths = { chosen: [2, 4], rejected: [3, 1] };
const sums = [-1, -6, -3, -0.7];
const pairsOf = (all: Tensor) => ({ chosen: all.narrow(0, 0, 2), rejected: all.narrow(0, 2, 2) });
const one = () => ({ chosen: tensor([-1]), rejected: tensor([-3]) });
const oneLengths = { chosen: [2], rejected: [3] };

describe("simpoLoss", () => {
  it("gives the values worked by hand", () => {
    const { loss, chosenRewards, rejectedRewards } = simpoLoss(one(), oneLengths);
    expect(loss.itemSync()).toBeCloseTo(Math.LN2, 6); // 2·(−0.5 + 1) − 1 = 0
    expect([chosenRewards.itemSync(), rejectedRewards.itemSync()]).toEqual([-1, -2]);
    const other = simpoLoss(one(), oneLengths, { beta: 2.5, gamma: 0.5 });
    expect(other.loss.itemSync()).toBeCloseTo(0.3868711, 6); // log(1 + exp(−0.75))
  });

  it("is DPO's loss per token without a reference, to the bit, where γ is 0", () => {
    const both = [nn.parameter(tensor(sums)), nn.parameter(tensor(sums))] as const;
    const own = simpoLoss(pairsOf(both[0]), lengths, { beta: 1.7, gamma: 0 });
    const options = { lossType: "sigmoid-norm", referenceFree: true, beta: 1.7, lengths } as const;
    const sibling = dpoLoss(pairsOf(both[1]), null, options);
    own.loss.backward();
    sibling.loss.backward();
    expect(own.losses.dataSync()).toEqual(sibling.losses.dataSync());
    expect(both[0].grad!.dataSync()).toEqual(both[1].grad!.dataSync());
  });

  it("has the gradient of its central differences", () => {
    expectDifferences((all) => simpoLoss(pairsOf(all), lengths).loss, sums);
  });

  it.each([
    ["beta of 0", { beta: 0 }],
    ["a negative gamma", { gamma: -1 }],
    ["gamma that is NaN", { gamma: Number.NaN }],
  ])("refuses %s", (_, options) => {
    expect(() => simpoLoss(one(), oneLengths, options)).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("orpoLoss", () => {
  it("gives the values worked by hand", () => {
    const { loss, sftLosses, logOddsRatios } = orpoLoss(one(), oneLengths, { lambda: 0.2 });
    expect(sftLosses.itemSync()).toBe(0.5);
    expect(logOddsRatios.itemSync()).toBeCloseTo(0.974077, 6); // odds 1.5414941 and 0.5819767
    expect(loss.itemSync()).toBeCloseTo(0.5 + 0.2 * 0.3203001, 6);
  });

  it("is fine-tuning on the chosen answers, to the bit, where λ is 0", () => {
    const all = nn.parameter(tensor(sums));
    const { loss } = orpoLoss(pairsOf(all), lengths, { lambda: 0 });
    loss.backward();
    expect(loss.itemSync()).toBe(1);
    expect(Array.from(all.grad!.dataSync())).toEqual([-0.25, -0.125, 0, 0]);
  });

  it("has the gradient of its central differences", () => {
    expectDifferences((all) => orpoLoss(pairsOf(all), lengths, { lambda: 1 }).loss, sums);
  });

  it("stays finite for answers that are certain or impossible", () => {
    const all = nn.parameter(tensor([0, -1e4, -1e4, 0]));
    const { loss } = orpoLoss(pairsOf(all), lengths);
    loss.backward();
    expect(Number.isFinite(loss.itemSync())).toBe(true);
    expect(Array.from(all.grad!.dataSync()).every(Number.isFinite)).toBe(true);
  });

  it("refuses a weight below 0", () => {
    expect(() => orpoLoss(one(), oneLengths, { lambda: -0.1 })).toThrow(/lambda must be/);
  });
});

describe.each([
  ["simpoLoss", simpoLoss],
  ["orpoLoss", orpoLoss],
] as const)("%s", (name, lossOf) => {
  it("refuses empty answers, and sizes that differ", () => {
    expect(() => lossOf(one(), { chosen: [0], rejected: [1] })).toThrow(
      `align/${name}: lengths.chosen[0] must be`,
    );
    expect(() => lossOf(one(), { chosen: [1], rejected: [1, 2] })).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    const uneven = { ...one(), rejected: tensor([-1, -2]) };
    expect(() => lossOf(uneven, oneLengths)).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    expect(() => lossOf(one(), undefined as never)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});
