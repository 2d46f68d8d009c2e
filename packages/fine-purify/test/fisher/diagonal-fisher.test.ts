import { batchRow, type EncoderBatch, type EncoderModel } from "@deepgrain/lm";
import { nn, randn, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import type {} from "@deepgrain/vitest/allclose";
import { describe, expect, it } from "vitest";
import { diagonalFisher, fisherAt } from "../../src/fisher";
import { fisherNeed } from "../../src/fisher/fisher-need";
import { trueFisherPasses } from "../../src/fisher/true-fisher";
import { rowLossesOf, smallBatch, smallEncoder } from "../support/encoders";

/** The definition itself: one backward pass per row. */
function loopOf(model: EncoderModel, batch: EncoderBatch): Map<string, Float64Array> {
  const sums = new Map<string, Float64Array>();
  model.eval();
  for (let row = 0; row < batch.batch; row++) {
    model.zeroGrad();
    tidy(() => model.loss(batchRow(batch, row)).backward());
    for (const [name, weight] of model.namedWeights()) {
      const sum = sums.get(name) ?? new Float64Array(weight.size);
      const gradient = weight.grad?.dataSync() ?? new Float32Array(weight.size);
      gradient.forEach((g, i) => {
        sum[i]! += (g * g) / batch.batch;
      });
      sums.set(name, sum);
    }
  }
  model.zeroGrad();
  return sums;
}

describe("diagonalFisher", () => {
  it.each([
    ["a classifier", {}],
    ["RoBERTa", { model_type: "roberta", pad_token_id: 0 }],
    ["regression", { num_labels: 1 }],
  ])("equals the loop of single backward passes on %s", async (_, changes) => {
    const model = smallEncoder(changes);
    const batch = smallBatch();
    const { fisher, looped } = await diagonalFisher(rowLossesOf(model), [batch], {
      parameters: model.namedWeights(),
    });
    expect(looped).toEqual([]);
    for (const [name, sums] of loopOf(model, batch)) {
      const most = Math.max(...sums);
      if (name.endsWith("key.bias")) {
        // Its gradient is 0 by symmetry: both are rounding noise.
        expect(Math.max(most, ...fisher.get(name)!.data)).toBeLessThan(1e-9);
        continue;
      }
      const worst = Math.max(...sums.map((sum, i) => Math.abs(sum - fisher.get(name)!.data[i]!)));
      expect(worst / most, name).toBeLessThanOrEqual(1e-5);
    }
  });

  it("is the same for any split into batches and any buffer", async () => {
    const model = smallEncoder();
    const batch = smallBatch();
    const rows = Array.from({ length: batch.batch }, (_, row) => batchRow(batch, row));
    const parameters = model.namedWeights();
    const whole = await diagonalFisher(rowLossesOf(model), [batch], { parameters, bufferBytes: 1 });
    const seen: number[] = [];
    const split = await diagonalFisher(rowLossesOf(model), rows, {
      parameters,
      onProgress: (progress) => void seen.push(progress.rows),
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    for (const [name, { data }] of whole.fisher)
      expect(split.fisher.get(name)!.data).toBeAllclose(data, { rtol: 1e-4, atol: 1e-10 });
  });

  it("takes a backward pass per row for layers without a rule", async () => {
    class Scaled extends nn.Module {
      inner = new nn.Linear(3, 2);
      scale: Tensor = nn.parameter(tensor([2, 3]));
      rows(x: Tensor): Tensor {
        return this.inner.forward(x).mul(this.scale).square().sum({ dim: 1 });
      }
    }
    const module = new Scaled();
    const x = randn([4, 3]);
    const rowLosses = (rows: Tensor) => module.rows(rows);
    const { fisher, batched, looped } = await diagonalFisher(
      { module, rowLosses, rowsOf: (b) => b.shape[0]!, row: (b, i) => b.narrow(0, i, 1) },
      [x],
    );
    expect([batched, looped]).toEqual([["inner.weight", "inner.bias"], ["scale"]]);
    const out = module.inner.forward(x).dataSync();
    const expected = [0, 1].map((j) => {
      const slope = (row: number) => 2 * [2, 3][j]! * out[row * 2 + j]! ** 2;
      return [0, 1, 2, 3].reduce((sum, row) => sum + slope(row) ** 2, 0) / 4;
    });
    expect(fisher.get("scale")!.data).toBeAllclose(expected, { rtol: 1e-4 });
  });

  it("weighs the classes by the model's own probabilities for the true Fisher", async () => {
    const model = smallEncoder();
    const batch = smallBatch(2);
    const withLabel = (rows: EncoderBatch, label: number) => ({
      ...rows,
      labels: Array.from({ length: rows.batch }, () => label),
    });
    const passes = (rows: EncoderBatch) =>
      trueFisherPasses(rows, { logits: (b) => model.forward(b), withLabel });
    const { fisher } = await diagonalFisher(rowLossesOf(model), [batch], { passes });
    const logits = model.eval().forward(batch).dataSync();
    const name = "classifier.bias";
    const p = [0, 1].map((row) => 1 / (1 + Math.exp(logits[row * 2 + 1]! - logits[row * 2]!)));
    const expected = p.reduce((sum, q) => sum + q * (1 - q) ** 2 + (1 - q) * q ** 2, 0) / 2;
    expect(fisher.get(name)!.data[0]).toBeCloseTo(expected, 6);
  });

  it("leaves the module as it was: mode, wanted gradients and forward of every layer", async () => {
    const model = smallEncoder().train();
    const [frozen] = model.parameters();
    frozen!.requireGrad(false);
    const before = new Map([...model.namedTensors()].map(([name, t]) => [name, t.requiresGrad]));
    await diagonalFisher(rowLossesOf(model), [smallBatch()]);
    expect(model.training).toBe(true);
    for (const [name, t] of model.namedTensors()) expect(t.requiresGrad).toBe(before.get(name));
    for (const module of model.modules()) expect(Object.hasOwn(module, "forward")).toBe(false);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
  });

  it("refuses no rows, and stops when asked to", async () => {
    const model = rowLossesOf(smallEncoder());
    await expect(diagonalFisher(model, [])).rejects.toMatchObject({ code: "ERR_DATA" });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(diagonalFisher(model, [smallBatch()], { signal })).rejects.toThrow("enough");
  });
});

describe("fisherAt", () => {
  const make = (x: number) => new Map([["w", { shape: [1], data: Float32Array.of(x) }]]);
  it.each([
    ["init", 9],
    ["finetuned", 25],
    ["midpoint", 16],
    ["average", 17],
  ] as const)("takes Fisher values at %s", async (place, expected) => {
    const found = await fisherAt(place, make(3), make(5), async (weights) =>
      make(weights.get("w")!.data[0]! ** 2),
    );
    expect(found.get("w")!.data[0]).toBe(expected);
  });

  it("takes the head from the fine-tuned model", async () => {
    const head = { shape: [1], data: Float32Array.of(7) };
    const seen = await fisherAt(
      "init",
      make(3),
      make(5).set("classifier.bias", head),
      async (w) => w,
    );
    expect([...seen.values()].map(({ data }) => data[0])).toEqual([3, 7]);
  });
});

it("states the memory of a Fisher pass from its sizes", () => {
  const sizes = { parameters: [100, 20], activationsPerRow: 50, rows: 4, bufferBytes: 64 };
  const need = { sums: 960, oneRow: 880, buffer: 128, activations: 800, total: 1888 };
  expect(fisherNeed(sizes)).toEqual(need);
});
