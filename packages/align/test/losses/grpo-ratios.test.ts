import { nn, setBackend, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { grpoLoss } from "../../src";
import type { GrpoOptions } from "../../src/losses/grpo";
import { expectDifferences } from "../support/differences";

beforeEach(() => {
  setBackend("js");
});

/** Loss, gradient and clip fraction of answers whose log-ratios are given. */
function lossAt(
  logRatios: readonly (readonly number[])[],
  advantages: readonly number[],
  { mask = logRatios.flat().map(() => 1), ...options }: GrpoOptions & { mask?: number[] },
) {
  const rows = logRatios.map((row) => row.map((_, t) => -1 - t / 2));
  const logps = nn.parameter(tensor(rows));
  const oldLogps = tensor(rows.map((row, i) => row.map((x, t) => x - logRatios[i]![t]!)));
  const inputs = { logps, oldLogps, advantages: tensor([...advantages]), mask };
  const { loss, clipFraction } = grpoLoss(inputs, { beta: 0, ...options });
  loss.backward();
  const grad = Array.from(logps.grad!.contiguous().dataSync());
  return { loss: loss.itemSync(), grad, clipFraction: clipFraction.itemSync() };
}

describe("a ratio per sequence", () => {
  it("gives the values worked by hand: the geometric mean of an answer's ratios", () => {
    const ratios = [
      [0.1, 0.3],
      [-0.4, 9],
    ];
    const options: GrpoOptions = { ratioLevel: "sequence", epsilonLow: 0.5 };
    const { loss, grad } = lossAt(ratios, [1, -1], { ...options, mask: [1, 1, 1, 0] });
    expect(loss).toBeCloseTo((-Math.exp(0.2) + Math.exp(-0.4)) / 2, 6);
    const half = -Math.exp(0.2) / 4; // each of two tokens has half of the answer's gradient
    expect(grad).toBeAllclose([half, half, Math.exp(-0.4) / 2, 0], { rtol: 1e-5 });
  });

  it("clips whole answers", () => {
    const ratios = [
      [0.1, 0.7],
      [0.1, 0.1],
    ];
    const { grad, clipFraction } = lossAt(ratios, [1, 1], { ratioLevel: "sequence" });
    expect(grad.slice(0, 2)).toEqual([0, 0]); // exp(0.4) is above 1.2, though the first token's ratio is not
    expect(grad[2]).toBeLessThan(0);
    expect(clipFraction).toBe(0.5);
  });

  it("is GRPO to the bit where answers have one token", () => {
    const ratios = [[0.37], [-0.21], [0.03]];
    const given = [0.7, -1.3, 0.6];
    const own = lossAt(ratios, given, { ratioLevel: "sequence" });
    expect(own).toEqual(lossAt(ratios, given, { ratioLevel: "token" }));
  });

  it("has the gradient of its central differences", () => {
    const inputs = (logps: Tensor) => ({
      logps,
      oldLogps: tensor([
        [-1.1, -2.2],
        [-0.7, -0.4],
      ]),
      refLogps: tensor([
        [-1, -2],
        [-0.9, -0.5],
      ]),
      advantages: tensor([1.5, -0.5]),
      mask: [1, 1, 1, 1],
    });
    const lossOf = (logps: Tensor) => grpoLoss(inputs(logps), { ratioLevel: "sequence" }).loss;
    expectDifferences(lossOf, [-1.05, -2.1, -0.65, -0.45], [2, 2]);
  });

  it("refuses advantages per token, and an unknown level", () => {
    const logps = tensor([[-1, -2]]);
    const inputs = { logps, advantages: tensor([[1, 2]]), mask: [1, 1] };
    expect(() => grpoLoss(inputs, { beta: 0, ratioLevel: "sequence" })).toThrow(
      /ratioLevel sequence needs one advantage per answer/,
    );
    expect(() => grpoLoss(inputs, { beta: 0, ratioLevel: "word" as "token" })).toThrow(
      /ratioLevel must be one of token, sequence, got "word"/,
    );
  });
});

describe("cispo", () => {
  it("gives the values worked by hand, and keeps the gradient of a clipped token", () => {
    const { loss, grad, clipFraction } = lossAt([[0.1, 1]], [2], { lossType: "cispo" });
    expect(loss).toBeCloseTo((Math.exp(0.1) * 2 * 1 + 1.2 * 2 * 1.5) / 2, 6);
    expect(grad).toBeAllclose([-Math.exp(0.1), -1.2], { rtol: 1e-6 });
    expect(clipFraction).toBe(0.5);
  });

  it("has the gradient of the central differences of its terms with their ratios held", () => {
    const now = [-1, -0.5, -1.5];
    const oldLogps = tensor([[-2, -0.45, -1.55]]);
    const inputs = (logps: Tensor) => ({
      logps,
      oldLogps,
      advantages: tensor([0.8]),
      mask: [1, 1, 1],
    });
    const held = tensor([[1.2, Math.exp(-0.05), Math.exp(0.05)]]);
    const surrogate = (logps: Tensor) => logps.mul(held).mul(-0.8).mean();
    expectDifferences(surrogate, now, [1, 3]);
    const [own, plain] = [nn.parameter(tensor([now])), nn.parameter(tensor([now]))];
    grpoLoss(inputs(own), { beta: 0, lossType: "cispo" }).loss.backward();
    surrogate(plain).backward();
    const numbers = ({ grad }: Tensor) => Array.from(grad!.contiguous().dataSync());
    expect(numbers(own)).toBeAllclose(numbers(plain), { rtol: 1e-6 });
  });

  it("has no lower bound with epsilonLow 1", () => {
    const options: GrpoOptions = { lossType: "cispo", epsilonHigh: 0.2 };
    expect(lossAt([[-3]], [1], options).grad[0]).toBeCloseTo(-0.8, 6);
    expect(lossAt([[-3]], [1], { ...options, epsilonLow: 1 }).grad[0]).toBeCloseTo(
      -Math.exp(-3),
      6,
    );
  });

  it("has the gradient of dapo to the bit where the policy is the sampling policy", () => {
    const ratios = [
      [0, 0],
      [0, 0],
    ];
    const options = { mask: [1, 1, 1, 0] };
    const own = lossAt(ratios, [0.7, -1.3], { ...options, lossType: "cispo" });
    expect(own.grad).toEqual(lossAt(ratios, [0.7, -1.3], { ...options, lossType: "dapo" }).grad);
  });
});

describe("delta", () => {
  it("has the gradient of its central differences, on both sides of the bound", () => {
    const oldLogps = tensor([[-3, -0.45, -1.9]]);
    const lossOf = (logps: Tensor) =>
      grpoLoss(
        { logps, oldLogps, advantages: tensor([-0.8]), mask: [1, 1, 1] },
        { beta: 0, delta: 3 },
      ).loss;
    expectDifferences(lossOf, [-1, -0.5, -1.5], [1, 3]); // ratios e², e^-0.05 and e^0.4
  });

  it("bounds the ratio where the advantage is negative, by the values worked by hand", () => {
    const open = lossAt([[2, 0]], [-1], {});
    expect(open.loss).toBeCloseTo((Math.exp(2) + 1) / 2, 5);
    const { loss, grad, clipFraction } = lossAt([[2, 0]], [-1], { delta: 4 });
    expect(loss).toBeCloseTo((4 + 1) / 2, 6);
    expect(grad).toEqual([0, 0.5]);
    expect(clipFraction).toBe(0.5);
  });

  it("changes nothing, to the bit, where it is not reached or the advantage is positive", () => {
    const ratios = [
      [0.9, -0.4],
      [0.3, 3],
    ];
    const plain = lossAt(ratios, [-1, 1], {});
    expect(lossAt(ratios, [-1, 1], { delta: 4 })).toEqual(plain);
  });

  it.each([
    ["one that is within the clip", { delta: 1.2 }, "ERR_RANGE"],
    ["NaN", { delta: Number.NaN }, "ERR_RANGE"],
    ["one beside cispo", { delta: 4, lossType: "cispo" }, "ERR_ARGUMENT"],
  ] as [string, GrpoOptions, string][])("is refused: %s", (_, options, code) => {
    expect(() => lossAt([[0]], [1], options)).toThrow(expect.objectContaining({ code }));
  });
});
