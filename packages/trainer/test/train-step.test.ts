import { nn, optim, setBackend, tensor } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { trainStep } from "../src";

beforeEach(() => {
  setBackend("js");
});

/** One weight w with loss w·x: the gradient is the mean of the x. */
class Slope extends nn.Module {
  weight = nn.parameter(tensor([2]));
}

describe("trainStep", () => {
  it("follows the mean gradient of its batches, clipped", async () => {
    const model = new Slope();
    const optimizer = new optim.SGD(model.parameters());
    const options = {
      loss: (x: number) => model.weight.mul(x).sum(),
      lr: 0.5,
      gradientAccumulation: 2,
    };
    const result = await trainStep(optimizer, (i) => Promise.resolve([3, 5][i]!), options);
    expect(result).toEqual({ loss: 8, gradNorm: 4, scalars: {} }); // (2·3 + 2·5) / 2
    expect(model.weight.dataSync()[0]).toBeCloseTo(2 - 0.5 * 1, 5); // clipped to 1
    await trainStep(optimizer, (i) => [3, 5][i]!, { ...options, maxGradNorm: Infinity });
    expect(model.weight.dataSync()[0]).toBeCloseTo(1.5 - 0.5 * 4, 5);
  });

  it("weighs batches by what their losses are means over", async () => {
    const model = new Slope();
    const optimizer = new optim.SGD(model.parameters());
    const batches = [[3], [5, 7, 9], []];
    const mean = (xs: number[]) => model.weight.mul(xs.reduce((a, b) => a + b) / xs.length).sum();
    const options = {
      lr: 0,
      maxGradNorm: Infinity,
      gradientAccumulation: 3,
      weigh: (xs: number[]) => xs.length,
    };
    const split = await trainStep(optimizer, (i) => batches[i]!, { ...options, loss: mean });
    const whole = await trainStep(optimizer, () => batches.flat(), {
      ...options,
      gradientAccumulation: 1,
      loss: mean,
    });
    expect(split).toEqual({ loss: 12, gradNorm: 6, scalars: {} }); // 2 · (3 + 5 + 7 + 9) / 4
    expect(whole).toEqual(split);
  });

  it("changes nothing where no batch weighs anything, and refuses weights that are none", async () => {
    const model = new Slope();
    const optimizer = new optim.AdamW(model.parameters(), { weightDecay: 0.1 });
    const options = { lr: 1, gradientAccumulation: 2, loss: () => model.weight.mul(NaN).sum() };
    const weighing = (weight: number) => ({ ...options, weigh: () => weight });
    const result = await trainStep(optimizer, () => 1, weighing(0));
    expect(result).toEqual({ loss: 0, gradNorm: 0, scalars: {} });
    expect([...model.weight.dataSync()]).toEqual([2]);
    for (const weight of [-1, NaN, Infinity])
      await expect(trainStep(optimizer, () => 1, weighing(weight))).rejects.toMatchObject({
        code: "ERR_RANGE",
        fields: { index: 0 },
      });
  });

  it("shows the gradients before the weights change, and forgets them", async () => {
    const model = new Slope();
    const optimizer = new optim.SGD(model.parameters());
    const seen: number[] = [];
    await trainStep(optimizer, () => 3, {
      loss: (x) => model.weight.mul(x).sum(),
      lr: 1,
      onGradients: () =>
        void seen.push(model.weight.grad!.dataSync()[0]!, model.weight.dataSync()[0]!),
    });
    expect(seen).toEqual([3, 2]);
    expect(model.weight.grad).toBeNull();
  });

  it("leaves the weights alone when the loss is not finite", async () => {
    const model = new Slope();
    const optimizer = new optim.SGD(model.parameters());
    const run = trainStep(optimizer, () => 1, {
      loss: () => model.weight.mul(Infinity).sum(),
      lr: 1,
      step: 6,
      module: model,
    });
    await expect(run).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
      fields: { step: 7, loss: Infinity, isUpdated: false },
    });
    expect([...model.weight.dataSync()]).toEqual([2]);
  });
});
