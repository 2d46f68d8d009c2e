import { beforeEach, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { thrownBy } from "../support/thrown-by";

const { optim } = dg;
const leaf = () => dg.tensor([1, -2, 3]).requireGrad();
const MAKERS = {
  Adam: (p: dg.Tensor[]) => new optim.Adam(p, { weightDecay: 0.1, amsgrad: true }),
  AdamW: (p: dg.Tensor[]) => new optim.AdamW(p, { amsgrad: true }),
  RMSprop: (p: dg.Tensor[]) => new optim.RMSprop(p, { momentum: 0.9, centered: true }),
  Adagrad: (p: dg.Tensor[]) => new optim.Adagrad(p, { initialAccumulator: 0.1 }),
};
type Made = ReturnType<(typeof MAKERS)[keyof typeof MAKERS]>;

function stepOf(optimizer: Made, gradient: number[]): void {
  const [parameter] = optimizer.parameters;
  parameter!.grad = dg.tensor(gradient);
  optimizer.step();
  optimizer.zeroGrad();
}

beforeEach(() => void dg.setBackend("wasm"));

describe.each(Object.entries(MAKERS))("%s", (_, make) => {
  it("goes on from its state as if it had not been interrupted", async () => {
    const [whole, first] = [make([leaf()]), make([leaf()])];
    for (const optimizer of [whole, first]) stepOf(optimizer, [1, 2, -3]);
    const saved = await first.state();
    const second = make([first.parameters[0]!.clone().detach().requireGrad()]);
    second.restore(saved as never);
    for (const optimizer of [whole, second]) stepOf(optimizer, [0.5, -1, 2]);
    expect(await second.state()).toEqual(await whole.state());
    expect(second.parameters[0]!.dataSync()).toEqual(whole.parameters[0]!.dataSync());
  });

  it("refuses a state of other parameters or other settings, and stays as it was", async () => {
    const optimizer = make([leaf()]);
    const before = await optimizer.state();
    const other = await make([dg.ones([2]).requireGrad()]).state();
    for (const state of [other, { step: 1 }])
      expect(thrownBy(() => optimizer.restore(state as never))).toMatchObject({
        code: "ERR_SHAPE",
      });
    expect(await optimizer.state()).toEqual(before);
  });

  it("leaves parameters without a gradient alone and scales the rate of a group", () => {
    const [fast, slow, still] = [leaf(), leaf(), leaf()];
    const optimizer = make([{ params: [fast, still] }, { params: [slow], lrScale: 0 }] as never);
    for (const parameter of [fast, slow]) parameter.grad = dg.tensor([1, 1, 1]);
    optimizer.step();
    for (const parameter of [slow, still])
      expect(Array.from(parameter.dataSync())).toEqual([1, -2, 3]);
    expect(fast.dataSync()[0]).toBeLessThan(1);
  });

  it("gives all its memory back", () => {
    const before = dg.memory().bytes;
    const optimizer = make([leaf()]);
    for (let step = 0; step < 3; step++) stepOf(optimizer, [1, 2, 3]);
    optimizer.dispose();
    optimizer.parameters[0]!.dispose();
    expect(dg.memory().bytes).toBe(before);
  });

  it("cannot be part of a recorded step", () => {
    const optimizer = make([leaf()]);
    optimizer.parameters[0]!.grad = dg.tensor([1, 1, 1]);
    expect(thrownBy(() => dg.recordStep(() => optimizer.step()))).toMatchObject({
      code: "ERR_BACKEND",
    });
  });
});

describe("settings", () => {
  it.each<[string, () => unknown]>([
    ["alpha above 1", () => new optim.RMSprop([leaf()], { alpha: 1.5 })],
    ["negative momentum", () => new optim.RMSprop([leaf()], { momentum: -1 })],
    ["a negative accumulator", () => new optim.Adagrad([leaf()], { initialAccumulator: -1 })],
    ["NaN decay of the rate", () => new optim.Adagrad([leaf()], { lrDecay: Number.NaN })],
    ["one beta", () => new optim.Adam([leaf()], { betas: [0.9] as never })],
    ["a negative weight decay", () => new optim.Adam([leaf()], { weightDecay: -1 })],
  ])("%s are refused", (_, run) => {
    expect(thrownBy(run)).toMatchObject({ code: "ERR_RANGE" });
  });

  it("Adam without decay is AdamW without decay, bit for bit", () => {
    const [a, b] = [new optim.Adam([leaf()]), new optim.AdamW([leaf()], { weightDecay: 0 })];
    for (const optimizer of [a, b]) for (let i = 1; i < 4; i++) stepOf(optimizer, [i, 1, -i]);
    expect(a.parameters[0]!.dataSync()).toEqual(b.parameters[0]!.dataSync());
  });
});
