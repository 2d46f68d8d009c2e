import { memory, tensor, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { balancedBias, DenseLayer, topKGate, trackBalance, updateBias } from "../src";
import { expectError, layerOf, normal, numbers, reportOf } from "./support";

describe("balancedBias", () => {
  const bias = () => tensor([0.5, 0, -0.5, 0]);
  const counts = () => tensor([4, 2, 0, 2]);

  it("moves by the sign of each expert's shortfall", () => {
    expect(numbers(balancedBias(bias(), counts(), { rate: 0.1 }))).toBeAllclose([0.4, 0, -0.4, 0]);
  });

  it("moves in proportion to the shortfall, whatever the batch", () => {
    const options = { rule: "proportional", rate: 0.1 } as const;
    expect(numbers(balancedBias(bias(), counts(), options))).toBeAllclose([0.4, 0, -0.4, 0]);
    expect(numbers(balancedBias(bias(), counts().mul(8), options))).toBeAllclose([0.4, 0, -0.4, 0]);
  });

  it("stays when nothing was chosen", () => {
    for (const rule of ["sign", "proportional"] as const)
      expect(numbers(balancedBias(bias(), tensor([0, 0, 0, 0]), { rule }))).toEqual([
        0.5, 0, -0.5, 0,
      ]);
  });

  it("writes in place as updateBias", () => {
    const own = bias();
    updateBias(own, counts(), { rate: 0.1 });
    expect(numbers(own)).toBeAllclose([0.4, 0, -0.4, 0]);
  });

  it("stays at a rate of 0, and refuses other counts and rates below", () => {
    expect(numbers(balancedBias(bias(), counts(), { rate: 0 }))).toEqual(numbers(bias()));
    expectError("ERR_SHAPE", /counts/, () => balancedBias(bias(), tensor([1])));
    expectError("ERR_RANGE", /rate must be a finite number of at least 0/, () =>
      balancedBias(bias(), counts(), { rate: -1 }),
    );
  });

  it("balances a skewed router over some steps", () => {
    const skew = tensor([3, 0, 0, 0, 0, 0, 0, 0]);
    const logits = normal([256, 8], 11).add(skew);
    let b = tensor(new Float32Array(8));
    const config = { experts: 8, topK: 2, method: "noaux_tc", scoring: "sigmoid" } as const;
    const load = () => {
      const counts = new Float32Array(8);
      for (const id of numbers(topKGate(logits, config, { bias: b }).ids)) counts[id]!++;
      return counts;
    };
    const before = Math.max(...load());
    for (let step = 0; step < 100; step++) b = balancedBias(b, tensor(load()), { rate: 0.01 });
    expect(before).toBeGreaterThan(200);
    expect(Math.max(...load())).toBeLessThan(80);
  });
});

describe("a layer that balances by bias", () => {
  const config = { method: "noaux_tc", scoring: "sigmoid", normTopkProb: true } as const;

  it("is moved by the choices of all training passes since the last time", () => {
    const layer = layerOf(config);
    const balance = trackBalance([layer]);
    const counts = new Float32Array(5);
    const pass = (rows: number, seed: number) =>
      reportOf(layer, () => layer.forward(normal([rows, 6], seed))).counts.forEach((count, e) => {
        counts[e]! += count;
      });
    pass(4, 1);
    pass(3, 2);
    layer.eval().forward(normal([4, 6]));
    balance.updateBiases({ rate: 0.25 });
    const moved = [...counts].map((count) => 0.25 * Math.sign(14 / 5 - count) + 0);
    expect(numbers(layer.gate.eScoreCorrectionBias!)).toEqual(moved);
    balance.updateBiases({ rate: 0.25 }); // nothing was chosen since
    expect(numbers(layer.gate.eScoreCorrectionBias!)).toEqual(moved);
  });

  it("stays where it is while its router is frozen, and forgets the choices of that time", () => {
    const layer = layerOf(config);
    const balance = trackBalance([layer, new DenseLayer({ hiddenSize: 6, innerSize: 4 })]);
    layer.requireGrad(false);
    layer.forward(normal([4, 6]));
    balance.updateBiases();
    layer.requireGrad(true);
    balance.updateBiases();
    expect(numbers(layer.gate.eScoreCorrectionBias!)).toEqual([0, 0, 0, 0, 0]);
  });

  it("has no balance loss by default, and its bias is not a parameter", () => {
    const layer = layerOf(config);
    expect(reportOf(layer, () => layer.forward(normal([4, 6]))).auxLoss).toBeNull();
    expect([...layer.namedParameters()].map(([name]) => name)).not.toContain(
      "gate.eScoreCorrectionBias",
    );
    expect([...layer.namedTensors()].map(([name]) => name)).toContain("gate.eScoreCorrectionBias");
  });

  it("starts a multiplying bias at 1", () => {
    const layer = layerOf({ ...config, biasMode: "multiply" });
    expect(numbers(layer.gate.eScoreCorrectionBias!)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("trackBalance", () => {
  it("sums the balance losses of the last training pass and none after its end", async () => {
    const layers = [layerOf({ auxLossAlpha: 0.5 }), layerOf({ auxLossAlpha: 1 }, 8)];
    const balance = trackBalance(layers);
    expect(await balance.auxLoss()).toBe(0);
    const x = normal([4, 6]);
    tidy(() => layers.map((layer) => layer.forward(normal([3, 6], 2))));
    const parts = layers.map((layer) => reportOf(layer, () => layer.forward(x)).auxLoss![0]!);
    for (const layer of layers) layer.eval().forward(x);
    expect(await balance.auxLoss()).toBe(parts[0]! + parts[1]!);
    balance.dispose();
    expect(await balance.auxLoss()).toBe(0);
  });

  it("frees what it holds", () => {
    const layer = layerOf({ method: "noaux_tc", auxLossAlpha: 1 });
    const before = memory().bytes;
    const balance = trackBalance([layer]);
    tidy(() => void layer.forward(normal([4, 6])));
    expect(memory().bytes).toBeGreaterThan(before);
    balance.dispose();
    tidy(() => void layer.forward(normal([4, 6])));
    expect(memory().bytes).toBe(before);
  });
});
