import { checkpoint, memory, noGrad, optim, setBackend, tensor, tidy } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Gate,
  GatedMlp,
  MoeLayer,
  mergeGateUp,
  onRoute,
  splitGateUp,
  trackBalance,
} from "../src";
import type { RouteData } from "../src/layer/route-observers";
import { referenceLayer } from "./reference-layer";
import { differences, expectError, ints, layerOf, normal, numbers, reportOf } from "./support";

const close = { rtol: 1e-4, atol: 1e-5 };

describe.each(["js", "wasm"])("MoeLayer on the %s backend", (backend) => {
  beforeAll(() => void setBackend(backend));
  afterAll(() => void setBackend("js"));

  it("computes what plain loops compute", () => {
    const shape = fc.record({
      experts: fc.integer({ min: 1, max: 9 }),
      topK: fc.integer({ min: 1, max: 4 }),
      sharedExperts: fc.integer({ min: 0, max: 2 }),
      expertSize: fc.integer({ min: 1, max: 9 }),
      hiddenSize: fc.integer({ min: 1, max: 9 }),
      tokens: fc.integer({ min: 1, max: 20 }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shape, ({ tokens, seed, ...config }) => {
        fc.pre(config.topK <= config.experts);
        const layer = layerOf(config, seed);
        const x = normal([tokens, config.hiddenSize], seed + 1);
        expect(numbers(layer.forward(x))).toBeAllclose(referenceLayer(layer, x.dataSync()), close);
      }),
      { numRuns: 25 },
    );
  });

  it("has the gradients of finite differences for its input and every weight", () => {
    const layer = layerOf({ auxLossAlpha: 0, hiddenSize: 3, expertSize: 2, experts: 4 });
    const x = normal([2, 3, 3], 21).requireGrad();
    const cotangent = normal([2, 3, 3], 22);
    const loss = () => tidy(() => layer.forward(x).mul(cotangent).sum());
    loss().backward();
    for (const leaf of [x, ...layer.parameters()]) {
      const wanted = differences(leaf, () => loss().itemSync());
      expect(numbers(leaf.grad!)).toBeAllclose(wanted, { rtol: 2e-2, atol: 4e-3 });
    }
  });

  it("does not care about the order of tokens", () => {
    const layer = layerOf();
    const x = normal([7, 6], 31);
    const order = tensor(Int32Array.of(3, 1, 6, 0, 2, 5, 4));
    const moved = layer.forward(x.indexSelect(0, order));
    expect(numbers(moved)).toBeAllclose(numbers(layer.forward(x).indexSelect(0, order)), close);
  });

  it("does not care about the numbers of experts", () => {
    const [layer, moved] = [layerOf(), layerOf({}, 99)];
    const order = tensor(Int32Array.of(4, 2, 0, 1, 3));
    moved.gate.weight.set(layer.gate.weight.indexSelect(0, order).dataSync());
    moved.experts.gateUp.set(layer.experts.gateUp.indexSelect(0, order).dataSync());
    moved.experts.down.set(layer.experts.down.indexSelect(0, order).dataSync());
    moved.sharedExperts!.gateProj!.weight.set(layer.sharedExperts!.gateProj!.weight.dataSync());
    moved.sharedExperts!.upProj!.weight.set(layer.sharedExperts!.upProj!.weight.dataSync());
    moved.sharedExperts!.downProj.weight.set(layer.sharedExperts!.downProj.weight.dataSync());
    const x = normal([9, 6], 32);
    expect(numbers(moved.forward(x))).toBeAllclose(numbers(layer.forward(x)), close);
  });

  it("gives the same bits every time", () => {
    const x = normal([50, 6], 33);
    expect(numbers(layerOf().forward(x))).toEqual(numbers(layerOf().forward(x)));
  });

  it("gives experts without tokens zero gradients", () => {
    const layer = layerOf({ topK: 1, auxLossAlpha: 0 });
    layer
      .forward(normal([1, 6], 34))
      .sum()
      .backward();
    const perExpert = numbers(layer.experts.gateUp.grad!.abs().sum({ dim: [1, 2] }));
    expect(perExpert.filter((sum) => sum === 0)).toHaveLength(4);
    // Decay still applies to them: w becomes w·(1 − lr·decay).
    const before = numbers(layer.experts.gateUp);
    new optim.AdamW(layer.parameters(), { lr: 0.1, weightDecay: 0.5 }).step();
    const after = numbers(layer.experts.gateUp);
    const size = before.length / 5;
    for (const e of [0, 1, 2, 3, 4].filter((e) => perExpert[e] === 0))
      expect(after.slice(e * size, (e + 1) * size)).toBeAllclose(
        before.slice(e * size, (e + 1) * size).map((w) => 0.95 * w),
        { rtol: 1e-6 },
      );
  });

  it("trains only the chosen experts, to the same gradients, and leaves every other bit", () => {
    const config = fc.record({
      topK: fc.integer({ min: 1, max: 3 }),
      chosen: fc.subarray([0, 1, 2, 3, 4]),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(config, ({ topK, chosen, seed }) => {
        const [layer, whole] = [layerOf({ topK }, seed), layerOf({ topK }, seed)];
        layer.requireGrad(false);
        layer.trainOnly([...chosen].reverse());
        const names = chosen.flatMap((e) => [`experts.${e}.gateUp`, `experts.${e}.down`]);
        expect([...layer.namedParameters()].map(([name]) => name)).toEqual(names);
        const x = normal([8, 6], seed);
        const input = x.clone().requireGrad();
        layer.forward(input).square().sum().backward();
        whole.forward(x).square().sum().backward();
        for (const [name, slice] of layer.namedParameters()) {
          const [, expert, stack] = name.split(".") as [string, string, "gateUp" | "down"];
          const wanted = whole.experts[stack].grad!.select(0, Number(expert));
          expect(numbers(slice.grad!)).toBeAllclose(numbers(wanted), close);
        }
        expect(layer.experts.gateUp.grad ?? layer.gate.weight.grad).toBeNull();
        expect(numbers(input.grad!).some((value) => value !== 0)).toBe(true);
        const before = numbers(layer.experts.gateUp);
        if (chosen.length === 0) return;
        const adam = new optim.AdamW(layer.parameters(), { lr: 0.1, weightDecay: 0.1 });
        adam.step({ maxGradNorm: 1 });
        expect(adam.stateBytes).toBe(2 * 4 * chosen.length * 3 * 4 * 6);
        const after = numbers(layer.experts.gateUp);
        const size = before.length / 5;
        for (let e = 0; e < 5; e++) {
          const isSame = before
            .slice(e * size, (e + 1) * size)
            .every((v, i) => v === after[e * size + i]);
          expect(isSame).toBe(!chosen.includes(e));
        }
      }),
      { numRuns: 12 },
    );
  });

  it("keeps memory level over many training steps", () => {
    const layer = layerOf({ auxLossAlpha: 0.01, method: "noaux_tc" });
    const adam = new optim.AdamW(layer.parameters());
    const balance = trackBalance([layer]);
    const step = () => {
      tidy(() =>
        layer
          .forward(normal([4, 5, 6]))
          .square()
          .sum()
          .backward(),
      );
      adam.step();
      adam.zeroGrad();
      balance.updateBiases();
    };
    step();
    const before = memory().bytes;
    for (let i = 0; i < 20; i++) step();
    expect(memory().bytes).toBe(before);
  });

  it("frees everything on dispose", () => {
    tidy(() => {
      const before = memory().bytes;
      const layer = layerOf({ method: "noaux_tc" });
      tidy(() =>
        layer
          .forward(normal([4, 6]))
          .sum()
          .backward(),
      );
      layer.trainOnly([1]);
      layer.dispose();
      expect(memory().bytes).toBe(before);
    });
  });
});

describe("the identities of mixtures", () => {
  const set = (
    to: { set(data: ArrayLike<number>): unknown },
    from: { dataSync(): ArrayLike<number> },
  ) => to.set(from.dataSync());

  it("with one expert and one choice is the dense network", () => {
    const layer = layerOf({ experts: 1, topK: 1, sharedExperts: 0 });
    const dense = new GatedMlp(6, 4);
    const { gate, up } = splitGateUp(layer.experts.gateUp.detach());
    set(dense.gateProj!.weight, gate);
    set(dense.upProj!.weight, up);
    set(dense.downProj.weight, layer.experts.down);
    const x = normal([5, 6]);
    expect(numbers(layer.forward(x))).toBeAllclose(numbers(dense.forward(x)), close);
  });

  it("with all experts chosen is the sum weighted by softmax", () => {
    const layer = layerOf({ topK: 5, sharedExperts: 0 });
    const x = normal([5, 6]);
    const scores = layer.gate.forward(x).softmax();
    const ids = (e: number) => ints(Array.from({ length: 5 }, () => [e]));
    const parts = [0, 1, 2, 3, 4].map((e) =>
      layer.experts.forward(x, ids(e), scores.narrow(1, e, 1)),
    );
    const sum = parts.reduce((a, b) => a.add(b));
    expect(numbers(layer.forward(x))).toBeAllclose(numbers(sum), close);
  });

  it("cut into slices of weight 1 is the uncut network", () => {
    const dense = new GatedMlp(6, 12, { initStd: 0.5 });
    const layer = layerOf({ experts: 3, topK: 3, expertSize: 4, sharedExperts: 0 });
    for (let e = 0; e < 3; e++) {
      const rows = (w: typeof dense.downProj.weight) => w.detach().narrow(0, 4 * e, 4);
      set(
        layer.experts.gateUp.detach().select(0, e),
        mergeGateUp(rows(dense.gateProj!.weight), rows(dense.upProj!.weight)),
      );
      set(
        layer.experts.down.detach().select(0, e),
        dense.downProj.weight.detach().narrow(1, 4 * e, 4),
      );
    }
    const x = normal([5, 6]);
    const ids = ints(Array.from({ length: 5 }, () => [0, 1, 2]));
    const y = layer.experts.forward(x, ids, normal([5, 3]).mul(0).add(1));
    expect(numbers(y)).toBeAllclose(numbers(dense.forward(x)), close);
  });

  it("merges shared experts: two of width f are one of width 2f", () => {
    const merged = layerOf({ sharedExperts: 2 }).sharedExperts!;
    const halves = [0, 1].map((i) => {
      const half = new GatedMlp(6, 4);
      set(half.gateProj!.weight, merged.gateProj!.weight.detach().narrow(0, 4 * i, 4));
      set(half.upProj!.weight, merged.upProj!.weight.detach().narrow(0, 4 * i, 4));
      set(half.downProj.weight, merged.downProj.weight.detach().narrow(1, 4 * i, 4));
      return half;
    });
    const x = normal([5, 6]);
    const sum = halves[0]!.forward(x).add(halves[1]!.forward(x));
    expect(numbers(merged.forward(x))).toBeAllclose(numbers(sum), close);
  });
});

describe("balance losses of a layer", () => {
  it("reach the router in training and no value at any time", () => {
    const x = normal([2, 4, 6], 41);
    const [plain, balanced] = [layerOf({ auxLossAlpha: 0 }), layerOf({ auxLossAlpha: 0.5 })];
    let [a, b] = [x, x];
    const reports = [
      reportOf(plain, () => {
        a = plain.forward(x);
      }),
      reportOf(balanced, () => {
        b = balanced.forward(x);
      }),
    ];
    expect(numbers(b)).toEqual(numbers(a));
    expect(reports[0]!.auxLoss).toBeNull();
    expect(reports[1]!.auxLoss![0]).toBeGreaterThan(0.4);
    a.sum().backward();
    b.sum().backward();
    expect(numbers(balanced.gate.weight.grad!)).not.toEqual(numbers(plain.gate.weight.grad!));
    expect(numbers(balanced.experts.down.grad!)).toEqual(numbers(plain.experts.down.grad!));
  });

  it("stop in evaluation, and when switched off", () => {
    const layer = layerOf({ auxLossAlpha: 0.5 });
    const auxLoss = (options = {}) =>
      reportOf(layer, () => layer.forward(normal([4, 6]), options)).auxLoss;
    expect(auxLoss({ auxLoss: "off" })).toBeNull();
    layer.auxLoss = "off";
    expect(auxLoss()).toBeNull();
    layer.auxLoss = "all";
    expect(auxLoss()).not.toBeNull();
    layer.eval();
    expect(auxLoss()).toBeNull();
  });

  it("differ between sequences and batch, and agree for one sequence", () => {
    const x = normal([2, 4, 6], 42);
    const value = (config: object, rows = x) => {
      const layer = layerOf({ auxLossAlpha: 1, ...config });
      return reportOf(layer, () => layer.forward(rows)).auxLoss![0];
    };
    expect(value({})).not.toBe(value({ seqAux: false }));
    const one = x.narrow(0, 0, 1);
    expect(value({}, one)).toBe(value({ seqAux: false }, one));
  });

  it("read rows of two axes as the given sequences", () => {
    const x = normal([2, 4, 6], 43);
    const [a, b] = [layerOf({ auxLossAlpha: 1 }), layerOf({ auxLossAlpha: 1 })];
    const flat = x.reshape([8, 6]);
    expect(reportOf(b, () => b.forward(flat, { sequences: 2 })).auxLoss).toEqual(
      reportOf(a, () => a.forward(x)).auxLoss,
    );
  });

  it("add the device and communication terms unless only the expert term is wanted", () => {
    const config = {
      experts: 4,
      auxLossAlpha: 1,
      deviceLoss: { devices: 2, alpha: 10 },
      communicationLoss: { devices: 2, limit: 1, alpha: 100 },
    };
    const layer = layerOf(config);
    const x = normal([8, 6], 44);
    const lossOf = (options = {}) => reportOf(layer, () => layer.forward(x, options)).auxLoss![0]!;
    const [all, expert] = [lossOf(), lossOf({ auxLoss: "expert" })];
    expect(expert).toBeGreaterThan(0.8);
    expect(all - expert).toBeGreaterThan(60);
  });

  it("scale with auxLossScale", () => {
    const gradient = (scale: number) => {
      const layer = layerOf({ auxLossAlpha: 1 });
      layer
        .forward(normal([8, 6], 45), { auxLossScale: scale })
        .mul(0)
        .sum()
        .backward();
      return layer.gate.weight.grad!;
    };
    expect(numbers(gradient(0.25))).toBeAllclose(numbers(gradient(1).mul(0.25)), close);
  });

  it("survive gradient checkpointing", () => {
    const run = (isCheckpointed: boolean) => {
      const layer = layerOf({ auxLossAlpha: 1 });
      const x = normal([8, 6], 46).requireGrad();
      const y = isCheckpointed
        ? checkpoint((rows) => layer.forward(rows), [x], layer.parameters())
        : layer.forward(x);
      y.sum().backward();
      return numbers(layer.gate.weight.grad!);
    };
    expect(run(true)).toBeAllclose(run(false), close);
  });
});

describe("masked tokens", () => {
  it("take no routed expert and change no other token", () => {
    const layer = layerOf();
    const x = normal([2, 3, 6], 51);
    const tokenMask = tensor(Int32Array.of(0, 1, 1, 1, 1, 0), { shape: [2, 3] });
    const y = layer.forward(x, { tokenMask }).reshape([6, 6]);
    const plain = layer.forward(x).reshape([6, 6]);
    const shared = layer.sharedExperts!.forward(x).reshape([6, 6]);
    for (let t = 0; t < 6; t++)
      expect(numbers(y.select(0, t))).toBeAllclose(
        numbers((t === 0 || t === 5 ? shared : plain).select(0, t)),
        close,
      );
  });
});

describe("observers", () => {
  it("see ids, weights and scores of every layer or of one, and change nothing", async () => {
    const [a, b] = [layerOf(), layerOf({}, 8)];
    a.name = "3";
    const seen: [string, number, RouteData][] = [];
    let later: Promise<RouteData> | undefined;
    const stopAll = onRoute((event) => {
      seen.push([event.layer.name, event.sequences, event.dataSync()]);
    });
    const stopOne = a.onRoute((event) => {
      later = event.data();
    });
    const x = normal([2, 3, 6], 61);
    const y = numbers(tidy(() => a.forward(x)));
    b.forward(x);
    expect(seen.map(([name, sequences]) => [name, sequences])).toEqual([
      ["3", 2],
      ["", 2],
    ]);
    const data = await later!;
    expect(data).toEqual(seen[0]![2]);
    expect([data.ids.length, data.weights.length, data.scores.length]).toEqual([12, 12, 30]);
    for (let slot = 0; slot < 12; slot++)
      expect(data.weights[slot]).toBe(data.scores[5 * Math.floor(slot / 2) + data.ids[slot]!]);
    stopAll();
    stopOne();
    expect(numbers(a.forward(x))).toEqual(y);
    expect(seen).toHaveLength(2);
  });
});

describe("probes", () => {
  it("change the number of experts, skip the best, leave the shared out", () => {
    const layer = layerOf().eval();
    const x = normal([4, 6], 71);
    const ids: number[][] = [];
    const stop = layer.onRoute((event) => ids.push([...event.dataSync().ids]));
    const plain = numbers(layer.forward(x));
    layer.forward(x, { probe: { topK: 1 } });
    layer.forward(x, { probe: { topK: 1, skipTop: 1 } });
    const bare = layer.forward(x, { probe: { withoutShared: true } });
    const masses: number[] = [];
    const read = {
      onGate: ({ weights }: Gate) => masses.push(...numbers(weights.sum({ dim: -1 }))),
    };
    layer.forward(x, read);
    layer.forward(x, { ...read, probe: { skipTop: 1, keepMass: true } });
    stop();
    expect(masses.slice(4)).toBeAllclose(masses.slice(0, 4), { rtol: 1e-5 });
    expect(ids[1]).toEqual(ids[0]!.filter((_, slot) => slot % 2 === 0));
    expect(ids[2]).toEqual(ids[0]!.filter((_, slot) => slot % 2 === 1));
    expect(numbers(bare.add(layer.sharedExperts!.forward(x)))).toBeAllclose(plain, close);
    expect(numbers(layer.forward(x))).toEqual(plain);
  });
});

describe("edges and refusals", () => {
  it("takes no tokens at all", () => {
    const layer = layerOf({
      method: "noaux_tc",
      drop: { tokens: { devices: 1 } },
      auxLossAlpha: 1,
    });
    expect(layer.forward(normal([0, 6])).shape).toEqual([0, 6]);
    expect(layer.forward(normal([0, 3, 6])).shape).toEqual([0, 3, 6]);
    expect(layer.forward(normal([2, 0, 6])).shape).toEqual([2, 0, 6]);
  });

  it("records nothing without gradients", () => {
    const y = noGrad(() => layerOf().forward(normal([2, 6])));
    expect(y.requiresGrad).toBe(false);
  });

  it("leaves zeros for a loader when there is no generator", () => {
    const layer = layerOf({ generator: null });
    for (const tensor of layer.parameters())
      expect(numbers(tensor).every((v) => v === 0)).toBe(true);
  });

  it("starts as the official code does", () => {
    const layer = layerOf({ hiddenSize: 64, experts: 64, initStd: 0.02 });
    const router = numbers(layer.gate.weight);
    expect(Math.max(...router.map(Math.abs))).toBeLessThanOrEqual(1 / 8);
    const std = Math.sqrt(
      numbers(layer.experts.gateUp).reduce((s, v) => s + v * v, 0) / layer.experts.gateUp.size,
    );
    expect(std).toBeCloseTo(0.02, 3);
  });

  it("trains whole stacks again after trainOnly(null)", () => {
    const layer = layerOf();
    layer.trainOnly([2]);
    expect(layer.experts.trained).toEqual([2]);
    layer.trainOnly(null);
    expect(layer.experts.trained).toBeNull();
    layer
      .forward(normal([4, 6]))
      .sum()
      .backward();
    expect(layer.experts.gateUp.grad).not.toBeNull();
  });

  it("refuses experts that do not exist or come twice", () => {
    expectError("ERR_RANGE", /expert must be a whole number from 0 to 4, got 5/, () =>
      layerOf().trainOnly([5]),
    );
    expectError("ERR_RANGE", /comes twice/, () => layerOf().trainOnly([1, 1]));
  });

  it("refuses NaN in its input", () => {
    const x = tensor([[1, 2, Number.NaN, 0, 0, 0]]);
    expectError("ERR_NOT_FINITE", /moe\/topKGate: logits .* token 0/, () => layerOf().forward(x));
    const layer = layerOf();
    layer.name = "model.layers.3.mlp";
    expectError("ERR_NOT_FINITE", /moe\/MoeLayer: model.layers.3.mlp: logits .* token 0/, () =>
      layer.forward(x),
    );
  });

  it("refuses inputs and settings that do not fit", () => {
    expectError("ERR_SHAPE", /\[batch, seq, 6\] or \[tokens, 6\], got \[2, 5\]/, () =>
      layerOf().forward(normal([2, 5])),
    );
    expectError("ERR_SHAPE", /x must have shape/, () => layerOf().forward(normal([6])));
    expectError("ERR_RANGE", /3 sequences must divide 4 tokens/, () =>
      layerOf().forward(normal([4, 6]), { sequences: 3 }),
    );
    expectError("ERR_SHAPE", /tokenMask must have 4 elements/, () =>
      layerOf().forward(normal([4, 6]), { tokenMask: tensor(Int32Array.of(1)) }),
    );
    expectError("ERR_RANGE", /hiddenSize/, () => layerOf({ hiddenSize: 0 }));
    expectError("ERR_RANGE", /expertSize/, () => layerOf({ expertSize: 1.5 }));
    expectError("ERR_RANGE", /sharedExperts/, () => layerOf({ sharedExperts: -1 }));
    expectError("ERR_RANGE", /auxLossAlpha/, () => layerOf({ auxLossAlpha: Number.NaN }));
    expectError("ERR_RANGE", /deviceLoss.devices \(2\) must divide 5/, () =>
      layerOf({ deviceLoss: { devices: 2, alpha: 1 } }),
    );
  });

  it("is a tree of named tensors", () => {
    expect(
      [...new MoeLayer({ hiddenSize: 2, expertSize: 2, experts: 2, topK: 1 }).namedTensors()].map(
        ([name]) => name,
      ),
    ).toEqual(["gate.weight", "experts.gateUp", "experts.down"]);
  });
});

describe("gate and up matrices", () => {
  it("split into views and merge back", () => {
    const stack = normal([3, 8, 6]);
    const { gate, up } = splitGateUp(stack);
    expect([gate.shape, up.shape]).toEqual([
      [3, 4, 6],
      [3, 4, 6],
    ]);
    expect(gate.storage).toBe(stack.storage);
    expect(numbers(mergeGateUp(gate, up))).toEqual(numbers(stack));
  });

  it("refuse odd stacks and unequal halves", () => {
    expectError("ERR_SHAPE", /even/, () => splitGateUp(normal([3, 5, 6])));
    expectError("ERR_SHAPE", /one shape/, () => mergeGateUp(normal([4, 6]), normal([4, 5])));
  });
});
