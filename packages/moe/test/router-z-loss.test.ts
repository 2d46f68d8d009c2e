import { checkpoint, softmax, tensor } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { routerZLoss } from "../src";
import { differences, expectError, layerOf, normal, numbers, reportOf } from "./support";

const close = { rtol: 1e-6, atol: 1e-6 };

describe("routerZLoss", () => {
  it("is the mean square of log Σ exp, worked by hand", () => {
    // log(1 + 3) and log(2 + 6): their squares are 1.921812 and 4.324077.
    const logits = tensor([
      [0, Math.log(3)],
      [Math.log(2), Math.log(6)],
    ]);
    const wanted = (Math.log(4) ** 2 + Math.log(8) ** 2) / 2;
    expect(wanted).toBeCloseTo(3.122945, 6);
    expect(numbers(routerZLoss(logits, { alpha: 1 }))).toBeAllclose([wanted], close);
    expect(numbers(routerZLoss(logits, { alpha: 0.001 }))).toBeAllclose([wanted / 1000], close);
    const tokenMask = tensor(Int32Array.of(0, 1));
    expect(numbers(routerZLoss(logits, { alpha: 1, tokenMask }))).toBeAllclose(
      [Math.log(8) ** 2],
      close,
    );
  });

  it("is 0 where the exponentials sum to 1, and where there is no token", () => {
    const logits = tensor([[Math.log(0.25), Math.log(0.75)]]);
    expect(numbers(routerZLoss(logits, { alpha: 1 }))[0]).toBeCloseTo(0, 12);
    const tokenMask = tensor(Int32Array.of(0));
    expect(numbers(routerZLoss(tensor([[3, 4]]), { alpha: 1, tokenMask }))).toEqual([0]);
    expect(numbers(routerZLoss(normal([0, 4]), { alpha: 1 }))).toEqual([0]);
  });

  it("stays finite for huge logits", () => {
    expect(numbers(routerZLoss(tensor([[1000, 1000]]), { alpha: 1e-3 }))).toBeAllclose(
      [(1000 + Math.log(2)) ** 2 / 1000],
      close,
    );
  });

  it("has the gradient 2 · log Σ exp · softmax / tokens, and that of finite differences", () => {
    const x = normal([5, 4], 3).requireGrad();
    const tokenMask = tensor(Int32Array.of(1, 1, 0, 1, 1));
    const loss = () => routerZLoss(x, { alpha: 0.5, tokenMask });
    loss().backward();
    const slopes = differences(x, () => loss().itemSync());
    expect(numbers(x.grad!)).toBeAllclose(slopes, { rtol: 2e-2, atol: 2e-3 });
    const [values, shares] = [numbers(x), numbers(softmax(x.detach()))];
    const wanted = values.map((_, i) => {
      const row = Math.floor(i / 4);
      const z = Math.log(values.slice(4 * row, 4 * row + 4).reduce((s, v) => s + Math.exp(v), 0));
      return row === 2 ? 0 : (0.5 * 2 * z * shares[i]!) / 4;
    });
    expect(numbers(x.grad!)).toBeAllclose(wanted, { rtol: 1e-5, atol: 1e-6 });
  });

  it("refuses a negative alpha, other shapes and other masks", () => {
    const logits = tensor([[1, 2]]);
    expectError("ERR_RANGE", /routerZLoss: alpha must be .* at least 0, got -1/, () =>
      routerZLoss(logits, { alpha: -1 }),
    );
    expectError("ERR_SHAPE", /routerZLoss: logits/, () => routerZLoss(tensor([1]), { alpha: 1 }));
    const tokenMask = tensor(Int32Array.of(1, 1));
    expectError("ERR_SHAPE", /tokenMask/, () => routerZLoss(logits, { alpha: 1, tokenMask }));
  });
});

describe("the z-loss of a layer", () => {
  const x = normal([2, 4, 6], 41);
  const trained = (config: object, options = {}) => {
    const layer = layerOf(config);
    const { auxLoss } = reportOf(layer, () => layer.forward(x, options).sum().backward());
    return { layer, auxLoss, gradients: [...layer.parameters()].map(({ grad }) => numbers(grad!)) };
  };

  it("of weight 0 is none, to the bit", () => {
    for (const auxLossAlpha of [0, 0.5]) {
      const [zero, none] = [trained({ auxLossAlpha, zLossAlpha: 0 }), trained({ auxLossAlpha })];
      expect(zero.gradients).toEqual(none.gradients);
      expect(zero.auxLoss).toEqual(none.auxLoss);
    }
  });

  it("adds to the balance loss, and is the value of the function", () => {
    const [alone, balance, both] = [
      trained({ auxLossAlpha: 0, zLossAlpha: 0.1 }),
      trained({ auxLossAlpha: 0.5 }),
      trained({ auxLossAlpha: 0.5, zLossAlpha: 0.1 }),
    ];
    const logits = alone.layer.gate.forward(x.reshape([8, 6]));
    expect(alone.auxLoss).toEqual(numbers(routerZLoss(logits, { alpha: 0.1 })));
    expect(both.auxLoss).toBeAllclose([alone.auxLoss![0]! + balance.auxLoss![0]!], close);
    expect(both.gradients[0]).not.toEqual(balance.gradients[0]);
    expect(trained({ auxLossAlpha: 0, zLossAlpha: 0.1 }, { auxLoss: "expert" }).auxLoss).toBeNull();
    alone.layer.eval();
    expect(reportOf(alone.layer, () => alone.layer.forward(x)).auxLoss).toBeNull();
  });

  it("survives gradient checkpointing", () => {
    const gradient = (isCheckpointed: boolean) => {
      const layer = layerOf({ auxLossAlpha: 0, zLossAlpha: 1 });
      const input = x.clone().requireGrad();
      const forward = (rows: typeof x) => layer.forward(rows);
      const y = isCheckpointed ? checkpoint(forward, [input], layer.parameters()) : forward(input);
      y.sum().backward();
      return numbers(layer.gate.weight.grad!);
    };
    expect(gradient(true)).toEqual(gradient(false));
  });

  it("makes the logits of a trained router smaller", () => {
    const layer = layerOf({ auxLossAlpha: 0, zLossAlpha: 0.1, initStd: 2 });
    const size = () => routerZLoss(layer.gate.forward(x.reshape([8, 6])), { alpha: 1 }).itemSync();
    const before = size();
    for (let step = 0; step < 20; step++) {
      layer.forward(x).mul(0).sum().backward();
      const weight = layer.gate.weight;
      const slopes = numbers(weight.grad!);
      weight.set(numbers(weight).map((w, i) => w - 0.1 * slopes[i]!));
      weight.grad = null;
    }
    expect(size()).toBeLessThan(0.9 * before);
  });

  it("refuses a negative weight", () => {
    expectError("ERR_RANGE", /zLossAlpha must be .* at least 0, got -1/, () =>
      layerOf({ zLossAlpha: -1 }),
    );
  });
});
