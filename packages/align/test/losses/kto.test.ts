import { nn, setBackend, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { ktoLoss } from "../../src";
import { expectDifferences } from "../support/differences";

beforeEach(() => {
  setBackend("js");
});

const sums = [-4, -6, -3];
const inputsOf = (policy: Tensor, mismatched: readonly number[] = [1, 3, -1]) => ({
  policy,
  reference: tensor([-6, -5, -4]),
  mismatched: tensor([...mismatched]),
  desirable: [true, false, true],
});

describe("ktoLoss", () => {
  it("gives the values worked by hand", () => {
    // z₀ = 1; r − z₀ = 1, −2, 0; with β = 0.5: λ_D·σ(−0.5), λ_U·σ(−1), λ_D·σ(0)
    const weights = { beta: 0.5, desirableWeight: 2, undesirableWeight: 1.5 };
    const { loss, losses, rewards, kl } = ktoLoss(inputsOf(tensor(sums)), weights);
    expect(kl.itemSync()).toBe(1);
    const wanted = [2 * 0.3775406688, 1.5 * 0.2689414214, 2 * 0.5];
    expect(losses.dataSync()).toBeAllclose(wanted, { rtol: 1e-6 });
    expect(loss.itemSync()).toBeCloseTo((wanted[0]! + wanted[1]! + wanted[2]!) / 3, 6);
    expect(Array.from(rewards.dataSync())).toEqual([1, -0.5, 0.5]);
  });

  it("has a reference point of at least 0, without gradient", () => {
    const mismatched = nn.parameter(tensor([-3, 1, -1]));
    const policy = nn.parameter(tensor(sums));
    const { loss, kl } = ktoLoss({ ...inputsOf(policy), mismatched });
    loss.backward();
    expect(kl.itemSync()).toBe(0);
    expect(mismatched.grad ?? null).toBeNull();
    const signs = Array.from(policy.grad!.dataSync(), Math.sign);
    expect(signs).toEqual([-1, 1, -1]);
  });

  it("is half of the weights where the policy is the reference", () => {
    const same = { ...inputsOf(tensor([-6, -5, -4]), [0, 0, 0]) };
    const { losses } = ktoLoss(same, { desirableWeight: 3 });
    expect(Array.from(losses.dataSync())).toEqual([1.5, 0.5, 1.5]);
  });

  it("has the gradient of its central differences", () => {
    expectDifferences((policy) => ktoLoss(inputsOf(policy), { beta: 0.7 }).loss, sums);
  });

  it("stays finite for far policies", () => {
    const policy = nn.parameter(tensor([-1e6, -1e6, 0]));
    const { loss } = ktoLoss(inputsOf(policy, [1e6, 0, 0]), { beta: 5 });
    loss.backward();
    expect(Number.isFinite(loss.itemSync())).toBe(true);
    expect(Array.from(policy.grad!.dataSync()).every(Number.isFinite)).toBe(true);
  });

  it.each([
    ["beta of 0", {}, { beta: 0 }, "ERR_RANGE"],
    ["a weight of 0", {}, { desirableWeight: 0 }, "ERR_RANGE"],
    ["a weight that is NaN", {}, { undesirableWeight: Number.NaN }, "ERR_RANGE"],
    ["labels of another number", { desirable: [true] }, {}, "ERR_SHAPE"],
  ])("refuses %s", (_, inputs, options, code) => {
    const given = { ...inputsOf(tensor(sums)), ...inputs };
    expect(() => ktoLoss(given, options)).toThrow(expect.objectContaining({ code }));
  });

  it("refuses log-probabilities of other sizes", () => {
    const given = inputsOf(tensor(sums));
    for (const name of ["reference", "mismatched"])
      expect(() => ktoLoss({ ...given, [name]: tensor([1]) })).toThrow(
        new RegExp(`${name} must have shape`),
      );
  });
});
