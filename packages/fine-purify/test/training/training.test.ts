import { Generator, nn, optim, randn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type {} from "@deepgrain/vitest/allclose";
import { describe, expect, it } from "vitest";
import { driftPenalty, layerwiseLoss, trainRows, tuneRapWord } from "../../src/training";
import { adversarialMasks, pruneByMask } from "../../src/training/anp";
import { epochBatches } from "../../src/training/batches";
import { finePrune } from "../../src/training/fine-prune";
import { fineTune } from "../../src/training/fine-tune";

interface Row {
  id: number;
  label: number;
}

/** A table of embeddings and a linear head. */
class Bag extends nn.Module {
  table = new nn.Embedding(6, 4, { generator: new Generator(1) });
  head = new nn.Linear(4, 2, { generator: new Generator(2) });
  logits(ids: readonly number[]): Tensor {
    return this.head.forward(this.table.forward(tensor(Int32Array.from(ids))));
  }
  loss(rows: readonly Row[]): Tensor {
    return layerwiseLoss(
      [this.logits(rows.map(({ id }) => id))],
      rows.map(({ label }) => label),
    );
  }
}

const rows: Row[] = Array.from({ length: 12 }, (_, i) => ({ id: i % 6, label: i % 2 }));

async function drain(events: AsyncIterable<{ type: string; loss?: number }>): Promise<number[]> {
  const losses: number[] = [];
  for await (const event of events) if (event.type === "step-end") losses.push(event.loss!);
  return losses;
}

describe("fineTune", () => {
  it("walks through the rows epoch by epoch, each in an order of its own", () => {
    const { batch, perEpoch } = epochBatches(rows, { batchSize: 4 });
    expect(perEpoch).toBe(3);
    const epoch = (n: number) => [0, 1, 2].flatMap((i) => batch(3 * n + i) as Row[]);
    expect(new Set(epoch(0))).toEqual(new Set(rows));
    expect(epoch(0)).not.toEqual(epoch(1));
    expect(epoch(1)).toEqual(epoch(1));
    expect(epochBatches(rows, { batchSize: 100 }).batch(0)).toHaveLength(12);
  });

  it("lowers the loss, and refuses no rows", async () => {
    const bag = new Bag();
    const loss = (own: readonly Row[]) => bag.loss(own);
    const losses = await drain(fineTune(bag, rows, { loss, epochs: 30, lr: 0.05, batchSize: 4 }));
    expect(losses).toHaveLength(90);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    await expect(drain(fineTune(bag, [], { loss }))).rejects.toMatchObject({ code: "ERR_DATA" });
    expect(() => epochBatches(rows, { batchSize: 0 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("trainRows", () => {
  it("moves the chosen rows alone, and keeps their norm", async () => {
    const bag = new Bag();
    const before = (bag.table.weight.dataSync() as Float32Array).slice();
    const head = (bag.head.weight.dataSync() as Float32Array).slice();
    const loss = (own: readonly Row[]) => bag.loss(own);
    const data = [
      { id: 2, label: 1 },
      { id: 3, label: 0 },
    ];
    const losses = await drain(
      trainRows(bag, bag.table.weight, [2], data, { loss, steps: 40, lr: 0.5 }),
    );
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    const after = bag.table.weight.dataSync();
    for (let i = 0; i < 24; i++) if (Math.floor(i / 4) !== 2) expect(after[i]).toBe(before[i]);
    expect(after.slice(8, 12)).not.toEqual(before.slice(8, 12));
    const norm = (data: ArrayLike<number>) => Math.hypot(...Array.from(data));
    expect(norm(after.slice(8, 12))).toBeCloseTo(norm(before.slice(8, 12)), 5);
    expect(bag.head.weight.dataSync()).toEqual(head);
    expect(bag.parameters()).toHaveLength(3);
    await expect(
      drain(trainRows(bag, bag.table.weight, [6], data, { loss })),
    ).rejects.toMatchObject({ code: "ERR_RANGE" });
  });

  it("tunes RAP's word until the protected class falls by the least that is asked for", async () => {
    const bag = new Bag();
    const logits = (own: readonly Row[], isMarked: boolean) => {
      const plain = bag.logits(own.map(({ id }) => id));
      return isMarked ? plain.add(bag.logits(own.map(() => 5))) : plain;
    };
    const options = {
      logits,
      protectedClass: 0,
      epochs: 200,
      lr: 0.3,
      keepsNorm: false,
    } as const;
    const losses = await drain(tuneRapWord(bag, bag.table.weight, 5, rows.slice(0, 4), options));
    expect(losses[0]!).toBeGreaterThan(0.01);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  });
});

describe("driftPenalty", () => {
  it("is μ·Σδ², or μ·Σδ²/(Ĥ + ε) with Fisher values", () => {
    const parameter = tensor([1, 2, 4]).requireGrad();
    const named = new Map([
      ["w", parameter],
      ["head", tensor([9]).requireGrad()],
    ]);
    const vector = (...data: number[]) =>
      new Map([["w", { shape: [3], data: Float32Array.from(data) }]]);
    const init = vector(1, 1, 2);
    expect(driftPenalty(named, init, { weight: 0.5 })().itemSync()).toBeCloseTo(2.5);
    const penalty = driftPenalty(named, init, {
      weight: 1,
      fisher: vector(1, 2, 4),
      relativeEpsilon: 0,
    });
    expect(penalty().itemSync()).toBeCloseTo(1.5);
    penalty().backward();
    expect(parameter.grad!.dataSync()).toBeAllclose([0, 1, 1]);
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => driftPenalty(named, new Map(), { weight: 1 })).toThrow(code("ERR_SHAPE"));
    expect(() => driftPenalty(named, init, { weight: 1, fisher: new Map() })).toThrow(
      code("ERR_SHAPE"),
    );
    expect(() => driftPenalty(named, init, { weight: -1 })).toThrow(code("ERR_RANGE"));
  });
});

it("means the losses of all layers for layer-wise poisoning", () => {
  const sure = tensor([[20, 0]]);
  const even = tensor([[0, 0]]);
  expect(layerwiseLoss([sure, even], [0]).itemSync()).toBeCloseTo(Math.log(2) / 2, 5);
  expect(() => layerwiseLoss([], [0])).toThrow(expect.objectContaining({ code: "ERR_DATA" }));
});

/** Two hidden units per input: unit 0 passes the input, unit 1 is silent. */
class Units extends nn.Module {
  inner = new nn.Linear(1, 2);
  outer = new nn.Linear(2, 1, { bias: false });
  constructor() {
    super();
    this.inner.weight.set([1, 0.01]);
    this.inner.bias!.set([0, 0]);
    this.outer.weight.set([1, 1]);
  }
  forward(x: Tensor): Tensor {
    return this.outer.forward(this.inner.forward(x));
  }
}

describe("finePrune", () => {
  const x = randn([8, 1], { generator: new Generator(3) });

  it("zeroes the least active units while the accuracy stays", async () => {
    const units = new Units();
    const accuracy = async () => (units.inner.weight.dataSync()[0] === 0 ? 0.1 : 0.9);
    const group = { layer: units.inner };
    const found = await finePrune([group], {
      forward: () => void units.forward(x),
      accuracy,
      threshold: 0.5,
      shares: [0.5, 1],
    });
    expect(found).toEqual({
      share: 0.5,
      units: [[1]],
      tried: [
        { share: 0.5, accuracy: 0.9 },
        { share: 1, accuracy: 0.1 },
      ],
    });
    expect([...units.inner.weight.dataSync()]).toEqual([1, 0]);
  });

  it("puts the weights back when it is stopped, and refuses nothing to prune", async () => {
    const units = new Units();
    const options = {
      forward: () => void units.forward(x),
      accuracy: () => Promise.reject(new Error("gone")),
      threshold: 0,
    };
    await expect(finePrune([{ layer: units.inner }], options)).rejects.toThrow("gone");
    expect([...units.inner.weight.dataSync()]).toEqual([1, Math.fround(0.01)]);
    await expect(finePrune([], options)).rejects.toMatchObject({ code: "ERR_DATA" });
    await expect(finePrune([{ layer: units.inner, width: 3 }], options)).rejects.toMatchObject({
      code: "ERR_SHAPE",
    });
  });
});

describe("adversarialMasks", () => {
  it("lowers the mask of a unit that harms, keeps one that helps, and leaves the weights alone", async () => {
    const units = new Units();
    units.inner.weight.set([1, -3]); // the sum should be x: unit 1 is in the way
    const x = randn([16, 1], { generator: new Generator(4) });
    const before = units.inner.weight.dataSync().slice();
    const groups = [{ layer: units.inner }];
    const [mask] = await adversarialMasks(units, groups, {
      batch: () => x,
      loss: (own) => units.forward(own).sub(own).square().mean(),
      steps: 60,
      lr: 0.05,
      perturbation: 0.1,
    });
    expect(mask![0]).toBeGreaterThan(0.7);
    expect(mask![1]).toBeLessThan(0.2);
    expect(units.inner.weight.dataSync()).toEqual(before);
    expect(units.parameters()).toHaveLength(3);
    expect(pruneByMask(groups, [mask!], 0.5)).toBe(1);
    expect([...units.inner.weight.dataSync()]).toEqual([1, 0]);
    const none = { batch: () => x, loss: () => x.mean() };
    await expect(adversarialMasks(units, [], none)).rejects.toMatchObject({ code: "ERR_DATA" });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(adversarialMasks(units, groups, { ...none, signal })).rejects.toThrow("enough");
  });

  it("prunes heads as wholes", () => {
    const layer = new nn.Linear(1, 4);
    layer.weight.set([1, 2, 3, 4]);
    pruneByMask([{ layer, width: 2 }], [Float32Array.of(1, 0)], 0.5);
    expect([...layer.weight.dataSync()]).toEqual([1, 2, 0, 0]);
  });
});

it("uses any optimiser that is given", async () => {
  const bag = new Bag();
  const make = (own: readonly nn.NamedTensor[]) => new optim.SGD(own.map(([, t]) => t));
  const loss = (own: readonly Row[]) => bag.loss(own);
  const losses = await drain(
    fineTune(bag, rows, { loss, steps: 3, lr: 0.1, optimizer: make, maxGradNorm: 5 }),
  );
  expect(losses).toHaveLength(3);
});
