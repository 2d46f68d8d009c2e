import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  createJsBackend,
  createWasmBackend,
  Generator,
  inference,
  linear,
  matmul,
  randn,
  setBackend,
  tensor,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

const backends: [string, () => Backend][] = [
  ["js", createJsBackend],
  ["wasm", () => createWasmBackend({ threads: 1 })],
  ["wasm on two threads", () => createWasmBackend({ threads: 2 })],
];
const NEAR = { rtol: 1e-5, atol: 1e-5 };

describe.each(backends)("products into tensors made before on %s", (_, create) => {
  let backend: Backend;
  beforeEach(() => {
    backend = setBackend(create());
  });
  afterEach(() => backend.dispose());

  it.each([1, 2, 5, 7, 13, 16, 23, 24, 40])("linearInto serves %i rows", (rows) => {
    const generator = new Generator(rows);
    for (const [n, k] of [
      [50, 33],
      [9, 64],
      [300, 270],
    ] as const) {
      const [x, weight] = [randn([rows, k], { generator }), randn([n, k], { generator })];
      const [bias, out] = [randn([n], { generator }), zeros([rows, n])];
      inference.linearInto(out, x, weight);
      expect(out.dataSync()).toBeAllclose(linear(x, weight).dataSync(), NEAR);
      inference.linearInto(out, x, weight, { bias, accumulate: true });
      const wanted = linear(x, weight).mul(2).add(bias).dataSync();
      expect(out.dataSync()).toBeAllclose(wanted, { rtol: 1e-5, atol: 1e-4 });
    }
  });

  it("linearsInto gives each product, of float32 weights and others, with and without biases", () => {
    const generator = new Generator(4);
    for (const rows of [1, 3, 16, 30]) {
      const x = randn([rows, 48], { generator });
      const weights = [40, 24, 70].map((n) => randn([n, 48], { generator }));
      const bias = randn([24], { generator });
      const outs = weights.map(({ shape }) => zeros([rows, shape[0]!]));
      const targets = weights.map((weight, i) => ({ out: outs[i]!, weight, bias: null }));
      inference.linearsInto(targets, x);
      for (const [i, out] of outs.entries())
        expect(out.dataSync()).toBeAllclose(linear(x, weights[i]!).dataSync(), NEAR);
      const mixed = [
        { ...targets[0]!, weight: weights[0]!.to({ dtype: "bfloat16" }) },
        { ...targets[1]!, bias },
      ];
      inference.linearsInto(mixed, x);
      expect(outs[1]!.dataSync()).toBeAllclose(linear(x, weights[1]!, bias).dataSync(), NEAR);
      const near = { rtol: 0, atol: 0.15 };
      expect(outs[0]!.dataSync()).toBeAllclose(linear(x, weights[0]!).dataSync(), near);
    }
  });

  it("linearsInto refuses sizes that do not fit", () => {
    const [x, out, weight] = [zeros([2, 4]), zeros([2, 3]), zeros([3, 5])];
    const call = () => inference.linearsInto([{ out, weight, bias: null }], x);
    expect(thrownBy(call)).toMatchObject({ code: "ERR_SHAPE" });
    const bias = () => inference.linearsInto([{ out, weight: zeros([3, 4]), bias: zeros([2]) }], x);
    expect(thrownBy(bias)).toMatchObject({ code: "ERR_SHAPE" });
  });

  it("argmaxInto finds the first of the largest numbers of each row, and the number", () => {
    const x = tensor([1, 5, 5, -2, Number.NaN, 7, -3, -1, -2], { shape: [3, 3] });
    const [ids, top] = [zeros([3], { dtype: "int32" }), zeros([3])];
    inference.argmaxInto(ids, top, x);
    expect([...ids.dataSync()]).toEqual([1, 1, 1]);
    expect([...top.dataSync()]).toEqual([5, Number.NaN, -1]);
    const wrong = () => inference.argmaxInto(ids, zeros([2]), x);
    expect(thrownBy(wrong)).toMatchObject({ code: "ERR_SHAPE" });
  });

  it("perHeadInto multiplies each head by its own matrix, whatever the strides", () => {
    const generator = new Generator(6);
    for (const rows of [1, 5]) {
      const x = randn([rows, 3, 12], { generator }).narrow(2, 4, 8);
      const weight = randn([3, 10, 16], { generator }).narrow(1, 2, 8);
      const out = zeros([rows, 3, 20]);
      inference.perHeadInto(out.narrow(2, 0, 16), x, weight);
      const wanted = matmul(x.transpose(0, 1), weight).transpose(0, 1).contiguous();
      expect(out.narrow(2, 0, 16).dataSync()).toBeAllclose(wanted.dataSync(), NEAR);
      expect(out.narrow(2, 16, 4).sum().itemSync()).toBe(0);
    }
    const wrong = () => inference.perHeadInto(zeros([1, 3, 4]), zeros([1, 3, 8]), zeros([2, 8, 4]));
    expect(thrownBy(wrong)).toMatchObject({ code: "ERR_SHAPE" });
  });
});
