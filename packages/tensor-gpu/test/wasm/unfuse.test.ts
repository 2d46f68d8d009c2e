import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { unfused } from "../../src/wasm/unfuse";
import { webAssembly } from "../../src/wasm/web-assembly";

const file = readFileSync(new URL("../../src/wasm/generated/kernels.wasm", import.meta.url));
/** The build without fused multiply-add that is made from the other, and the one that the compiler made. */
const [made, compiled] = [
  dg.createWasmBackend({ threads: 1, relaxed: false }),
  dg.createWasmBackend({ module: new webAssembly!.Module(file) }),
];
afterAll(() => Promise.all([made.dispose(), compiled.dispose()]));

const products = [
  [1, 7, 33],
  [5, 64, 40],
  [30, 50, 31],
  [130, 257, 129],
] as const;

/** Operators whose kernels multiply and add, with results that depend on random numbers. */
const PROGRAMS: Record<string, () => dg.Tensor> = {
  ...Object.fromEntries(
    products.map(([m, k, n]) => [
      `a product of ${m} × ${k} × ${n}`,
      () => dg.randn([m, k]).matmul(dg.randn([k, n])),
    ]),
  ),
  "a product with a transposed matrix": () => dg.linear(dg.randn([40, 70]), dg.randn([50, 70])),
  "functions of one number": () =>
    dg.cat(
      (["exp", "expm1", "tanh", "sigmoid", "gelu", "silu", "erf", "sin", "cos"] as const).map((f) =>
        dg.randn([1003], { std: 3 })[f](),
      ),
    ),
  logarithms: () => dg.rand([1003], { low: 0.001, high: 9 }).log(),
  "remainders and powers": () =>
    dg
      .rand([501])
      .pow(dg.randn([501]))
      .remainder(0.3),
  softmax: () => dg.randn([37, 91], { std: 4 }).softmax(),
  "a norm": () => dg.layerNorm(dg.randn([20, 77]), dg.randn([77]), dg.randn([77])),
  "a convolution by tiles": () =>
    dg.conv2d(dg.randn([2, 9, 17, 18]), dg.randn([10, 9, 3, 3]), null, { padding: 1 }),
  "a strided convolution": () =>
    dg.conv2d(dg.randn([2, 5, 17, 18]), dg.randn([7, 5, 5, 4]), null, { stride: 2 }),
  "a depthwise convolution": () =>
    dg.conv2d(dg.randn([2, 6, 11, 13]), dg.randn([6, 1, 3, 3]), null, { groups: 6 }),
  attention: () =>
    dg.scaledDotProductAttention(
      dg.randn([2, 40, 4, 12]),
      dg.randn([2, 50, 2, 12]),
      dg.randn([2, 50, 2, 20]),
    ),
  "a cross-entropy": () =>
    dg.crossEntropy(dg.randn([30, 100]), dg.arange(30), { reduction: "none" }),
  "an int8 weight": () => dg.linear(dg.randn([3, 64]), dg.randn([40, 64]).to({ dtype: "int8" })),
};

/** Bits of the result and of a gradient through it. */
function bitsOn(backend: dg.Backend, program: () => dg.Tensor): Int32Array[] {
  dg.setBackend(backend);
  return dg.tidy(() => {
    dg.manualSeed(5);
    const factor = dg.randn([1]).requireGrad();
    const out = program();
    out.mul(factor).square().sum().backward();
    const all = [out.contiguous(), factor.grad!].map((x) => x.dataSync().slice());
    return all.map(({ buffer }) => new Int32Array(buffer));
  });
}

describe("the build without fused multiply-add that is made of the one with it", () => {
  it("is in use", () => {
    expect(made.relaxed).toBe(false);
    expect(compiled).toMatchObject({ relaxed: false, shared: false, threads: 1 });
  });

  it.each(Object.entries(PROGRAMS))("gives the compiler's bits for %s", (_, program) => {
    expect(bitsOn(made, program)).toEqual(bitsOn(compiled, program));
  });

  it("leaves a module alone that has no relaxed instruction, but for its unused variables", () => {
    expect(webAssembly!.validate(unfused(new Uint8Array(file)))).toBe(true);
  });
});
