/** @file Calls that once gave nonsense, an untyped error or another tensor's memory; `test/fuzz` tries what nobody thought of. */
import { describe, expect, it } from "vitest";
import * as dg from "../../src";
import { missingBlas } from "../support/missing-blas";
import { thrownBy } from "../support/thrown-by";

const { ones, tensor, zeros } = dg;
const ints = (...values: number[]) => tensor(Int32Array.from(values));
/** As plain JavaScript calls it: without types. */
const loose = dg as unknown as Record<string, (...args: unknown[]) => unknown>;
const Loose = dg.nn as unknown as Record<string, new (...args: unknown[]) => unknown>;
const leaf = () => ones([2]).requireGrad();

type Case = [call: string, code: string, run: () => unknown];

const constructors: Case[] = [
  ["zeros([NaN])", "ERR_SHAPE", () => zeros([Number.NaN])],
  ["zeros([1.5])", "ERR_SHAPE", () => zeros([1.5])],
  ["zeros([-1])", "ERR_SHAPE", () => zeros([-1])],
  ["zeros(3)", "ERR_SHAPE", () => loose.zeros!(3)],
  ['zeros(["3"])', "ERR_SHAPE", () => loose.zeros!(["3"])],
  ["randn([8, undefined])", "ERR_SHAPE", () => loose.randn!([8, undefined])],
  ["full([2])", "ERR_ARGUMENT", () => loose.full!([2])],
  ['full([2], "x")', "ERR_ARGUMENT", () => loose.full!([2], "x")],
  ["full int32 of 1.5", "ERR_RANGE", () => dg.full([2], 1.5, { dtype: "int32" })],
  ["zeros of float64", "ERR_RANGE", () => loose.zeros!([2], { dtype: "float64" })],
  ["new Linear(8)", "ERR_RANGE", () => new Loose.Linear!(8)],
  ['new Linear("8", 1)', "ERR_RANGE", () => new Loose.Linear!("8", 1)],
  ["new Linear(undefined, 3)", "ERR_RANGE", () => new Loose.Linear!(undefined, 3)],
  ["new Embedding(10)", "ERR_RANGE", () => new Loose.Embedding!(10)],
  ["new Conv2d(1)", "ERR_RANGE", () => new Loose.Conv2d!(1)],
  ["new Conv2d(1, 2, 3, stride 0)", "ERR_RANGE", () => new dg.nn.Conv2d(1, 2, 3, { stride: 0 })],
  ["new RMSNorm(1.5)", "ERR_RANGE", () => new dg.nn.RMSNorm(1.5)],
  ["new BatchNorm(-1)", "ERR_RANGE", () => new dg.nn.BatchNorm(-1)],
  ["new MaxPool2d(0)", "ERR_RANGE", () => new dg.nn.MaxPool2d(0)],
  ["new Dropout(1)", "ERR_RANGE", () => new dg.nn.Dropout(1)],
  [
    "Linear.forward([[1, 2]])",
    "ERR_ARGUMENT",
    () => new dg.nn.Linear(2, 1).forward([[1, 2]] as never),
  ],
  ["tensor({ a: 1 })", "ERR_ARGUMENT", () => loose.tensor!({ a: 1 })],
  ["tensor(null)", "ERR_ARGUMENT", () => loose.tensor!(null)],
  ["tensor of text", "ERR_ARGUMENT", () => loose.tensor!(["1"])],
  ["int32 from 1.5", "ERR_RANGE", () => tensor([1.5], { dtype: "int32" })],
  ["int32 from 2^40", "ERR_RANGE", () => tensor([2 ** 40], { dtype: "int32" })],
  ["int32 set to NaN", "ERR_RANGE", () => ints(1).set([Number.NaN])],
  ["arange of step 0", "ERR_RANGE", () => dg.arange(0, 5, 0)],
  ["int32 arange of fractions", "ERR_RANGE", () => dg.arange(0, 1, 0.25)],
  ["bernoulli(2)", "ERR_RANGE", () => dg.bernoulli([2], 2)],
  ["randn of a negative deviation", "ERR_RANGE", () => dg.randn([2], { std: -1 })],
  [
    "data that contain themselves",
    "ERR_SHAPE",
    () => {
      const data: unknown[] = [];
      data.push(data);
      loose.tensor!(data);
    },
  ],
];

const arguments_: Case[] = [
  [
    "groupedLinear offsets below 0",
    "ERR_RANGE",
    () => dg.groupedLinear(ones([4, 3]), ones([2, 5, 3]), ints(-300, 1, 4)),
  ],
  [
    "groupedLinear offsets beyond the rows",
    "ERR_RANGE",
    () => dg.groupedLinear(ones([4, 3]), ones([2, 5, 3]), ints(0, 400, 4)),
  ],
  [
    "groupedLinear offsets that descend",
    "ERR_RANGE",
    () => dg.groupedLinear(ones([4, 3]), ones([2, 5, 3]), ints(0, 3, 1)),
  ],
  [
    "scatterAdd of too small a source",
    "ERR_SHAPE",
    () => dg.scatterAdd(zeros([3, 4]), 0, zeros([100, 4], { dtype: "int32" }), ones([1, 2])),
  ],
  [
    "rope with sin shorter than cos",
    "ERR_SHAPE",
    () =>
      dg.rope(
        ones([1, 1, 1, 4]),
        ones([4000, 2]),
        ones([1, 2]),
        tensor(Int32Array.of(300), { shape: [1, 1] }),
      ),
  ],
  [
    "planExperts of an id that is not an expert",
    "ERR_RANGE",
    () => dg.planExperts(tensor(Int32Array.of(0, 7), { shape: [2, 1] }), 4),
  ],
  [
    "dispatch by a plan that was written to",
    "ERR_RANGE",
    () => {
      const plan = dg.planExperts(tensor(Int32Array.of(0, 1), { shape: [2, 1] }), 2);
      plan.order.set([0, 900]);
      dg.dispatch(ones([2, 3]), plan);
    },
  ],
  [
    "segmentSum by offsets beyond the entries",
    "ERR_RANGE",
    () => {
      const csr = dg.csrFromEdges([0, 1], [0, 1], 2, 2);
      csr.offsets.set([0, 1, 999]);
      dg.segmentSum(ones([2, 3]), csr);
    },
  ],
  [
    "a disposed operand",
    "ERR_DISPOSED",
    () => {
      const x = ones([2, 2]);
      x.dispose();
      dg.matmul(x, ones([2, 2]));
    },
  ],
  ["a view outside its memory", "ERR_RANGE", () => ones([4]).view([4], [1], 1)],
  [
    "conv2d padding 0.5",
    "ERR_RANGE",
    () => dg.conv2d(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { padding: 0.5 }),
  ],
  [
    "conv2d stride NaN",
    "ERR_RANGE",
    () => dg.conv2d(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { stride: Number.NaN }),
  ],
  [
    "conv2d dilation 0",
    "ERR_RANGE",
    () => dg.conv2d(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { dilation: 0 }),
  ],
  [
    "conv2d padding -1",
    "ERR_RANGE",
    () => dg.conv2d(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, { padding: -1 }),
  ],
  [
    "maxPool2d padding beyond half the kernel",
    "ERR_RANGE",
    () => dg.maxPool2d(ones([1, 1, 4, 4]), 2, { padding: 2 }),
  ],
  ["pad by a fraction", "ERR_RANGE", () => dg.pad(ones([4]), [0.5, 0])],
  ["repeatInterleave(1.5)", "ERR_RANGE", () => dg.repeatInterleave(ones([2]), 1.5, 0)],
  ["upsampleNearest(1.5)", "ERR_RANGE", () => dg.upsampleNearest(ones([1, 2, 5, 5]), 1.5)],
  ["narrow from 0.5", "ERR_RANGE", () => dg.narrow(ones([4]), 0, 0.5, 1)],
  ["expand to a negative size", "ERR_SHAPE", () => dg.expand(ones([1]), [-3])],
  ["reshape to fractions", "ERR_SHAPE", () => dg.reshape(ones([6]), [1.5, 4])],
  ["csrFromEdges of fractions", "ERR_RANGE", () => dg.csrFromEdges([0.5, 1], [0.5, 1], 2, 2)],
  ["csrFromEdges of 1e10 segments", "ERR_RANGE", () => dg.csrFromEdges([], [], 1e10, 2)],
  [
    "indexAdd of 3 rows for 1 index",
    "ERR_SHAPE",
    () => dg.indexAdd(zeros([4, 2]), 0, ints(1), ones([3, 2])),
  ],
  [
    "labelSmoothing 2",
    "ERR_RANGE",
    () => dg.crossEntropy(ones([1, 3]), ints(1), { labelSmoothing: 2 }),
  ],
  [
    "labelSmoothing -1",
    "ERR_RANGE",
    () => dg.crossEntropy(ones([1, 3]), ints(1), { labelSmoothing: -1 }),
  ],
  [
    'reduction "avg"',
    "ERR_RANGE",
    () => dg.mseLoss(ones([2]), ones([2]), { reduction: "avg" as "mean" }),
  ],
  ["cat of float32 with int32", "ERR_DTYPE", () => dg.cat([ones([2]), ints(1, 2)])],
  ["argmax of int32", "ERR_DTYPE", () => dg.argmax(ints(-1, -2))],
  ["SGD with a rate of NaN", "ERR_RANGE", () => new dg.optim.SGD([leaf()], { lr: Number.NaN })],
  ["SGD with momentum -5", "ERR_RANGE", () => new dg.optim.SGD([leaf()], { momentum: -5 })],
  [
    "AdamW with a decay of NaN",
    "ERR_RANGE",
    () => new dg.optim.AdamW([leaf()], { weightDecay: Number.NaN }),
  ],
  [
    "a step with a rate of NaN",
    "ERR_RANGE",
    () => new dg.optim.AdamW([leaf()]).step({ lr: Number.NaN }),
  ],
  [
    "a gradient of another shape",
    "ERR_SHAPE",
    () => {
      const parameter = leaf();
      parameter.grad = ones([1]);
      new dg.optim.SGD([parameter]).step();
    },
  ],
];

const BACKENDS: Record<string, () => dg.Backend> = {
  js: dg.createJsBackend,
  "wasm, one thread": () => dg.createWasmBackend({ threads: 1 }),
  "wasm, two threads": () => dg.createWasmBackend({ threads: 2 }),
  ...(missingBlas === undefined && { blas: () => dg.createBlasBackend({ threads: 1 }) }),
};

describe.each(Object.entries(BACKENDS))("on %s", (_, create) => {
  it.each([...constructors, ...arguments_])(
    "%s is %s, and the backend goes on",
    (_call, code, run) => {
      dg.setBackend(create());
      const neighbours = Array.from({ length: 16 }, () => dg.full([16], 7));
      expect(thrownBy(run).code).toBe(code);
      for (const neighbour of neighbours) expect(neighbour.sum().itemSync()).toBe(112);
      expect(dg.full([200_000], 1).sum().itemSync()).toBe(200_000);
    },
  );
});

describe("an error", () => {
  it("names the layer, its argument, and what came", () => {
    const { message } = thrownBy(() => new Loose.Linear!(8));
    expect(message).toBe(
      "tensor-gpu/Linear: outFeatures must be a whole number of at least 0, got undefined",
    );
  });

  it("tells a backend's limit that holds no work area", () => {
    expect(thrownBy(() => dg.createWasmBackend({ maximumBytes: 0 })).code).toBe("ERR_RANGE");
    expect(thrownBy(() => dg.createWasmBackend({ maximumBytes: Number.NaN })).code).toBe(
      "ERR_RANGE",
    );
  });
});

describe("rows of no group", () => {
  it("are zero in the product and in its gradient", () => {
    dg.setBackend(dg.createWasmBackend({ threads: 1 }));
    dg.tidy(() => dg.full([4, 5], 9)); // what the next allocation finds
    const x = ones([4, 3]).requireGrad();
    const y = dg.groupedLinear(x, ones([1, 5, 3]), ints(1, 3));
    expect([...y.sum({ dim: 1 }).dataSync()]).toEqual([0, 15, 15, 0]);
    y.sum().backward();
    expect([...x.grad!.sum({ dim: 1 }).dataSync()]).toEqual([0, 15, 15, 0]);
  });
});
