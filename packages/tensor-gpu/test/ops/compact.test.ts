import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  backward,
  CompactTensor,
  createJsBackend,
  createWasmBackend,
  embedding,
  enableBlockTypes,
  Generator,
  groupedLinear,
  inference,
  linear,
  matmul,
  nn,
  ones,
  randn,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../src";
import type { CompactType } from "../../src/backend/view";
import { thrownBy } from "../support/thrown-by";

const backends: [string, () => Backend][] = [
  ["js", createJsBackend],
  ["wasm", () => createWasmBackend({ threads: 1 })],
  ["wasm without relaxed SIMD", () => createWasmBackend({ threads: 1, relaxed: false })],
  ["wasm on two threads", () => createWasmBackend({ threads: 2 })],
];

/**
 * Products of int8 weights with whole numbers: activations are rounded to 1/254 of the largest of 32, about 2.1 of drawn ones, which is
 * 0.0048 of standard deviation per term; four of these, as thousands of numbers are compared.
 */
const QUANTIZED = 2e-2;
const EXACT = 1e-5;

const int8 = (numbers: number[]) =>
  tensor(numbers, { shape: [1, numbers.length] }).to({ dtype: "int8" });
const block = (fill: (i: number) => number) => Array.from({ length: 32 }, (_, i) => fill(i));
const numbersOf = (x: Tensor) => Array.from(x.dataSync());

// As models that were loaded have them: from 13 rows on int8 is multiplied in whole numbers, too.
beforeAll(enableBlockTypes);

describe.each(backends)("weights in fewer bits on %s", (_, create) => {
  let backend: Backend;
  beforeEach(() => {
    backend = setBackend(create());
  });
  afterEach(() => backend.dispose());

  it("keep whole numbers up to 127 in blocks whose largest is 127", () => {
    const numbers = block((i) => (i === 3 ? -127 : i - 16));
    expect(numbersOf(int8(numbers))).toEqual(numbers);
  });

  it("scale each block of 32 by its largest magnitude over 127", () => {
    // 0.5 · 127 = 63.5: the scale is 0.5, and 10.2 / 0.5 = 20.4 becomes 20.
    const first = block((i) => (i === 0 ? 63.5 : i === 1 ? 10.2 : 0));
    const second = block((i) => (i === 31 ? -1270 : 4));
    const got = numbersOf(int8([...first, ...second]));
    expect(got.slice(0, 3)).toEqual([63.5, 10, 0]);
    expect([got[32], got[63]]).toEqual([0, -1270]);
  });

  it("keep a last block that is shorter, and rows apart", () => {
    const x = tensor([...block(() => 127), 3, 4, ...block(() => 1), 254, -2], { shape: [2, 34] });
    const got = x.to({ dtype: "int8" });
    expect(numbersOf(got).slice(0, 34)).toEqual([
      ...block(() => 127),
      ...[3, 4].map((v) => expect.closeTo(v, 1)),
    ]);
    expect(numbersOf(got).slice(66)).toEqual([254, -2]);
  });

  it("keep zeros as zeros", () => {
    expect(numbersOf(int8(block(() => 0)))).toEqual(block(() => 0));
  });

  it("round to the nearest bfloat16, ties to even", () => {
    const x = tensor([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -3.140625, 1e-40, 0, 65280, 1.5, 7, -9], {
      shape: [1, 10],
    });
    const got = numbersOf(x.to({ dtype: "bfloat16" }));
    expect(got.slice(0, 4)).toEqual([1, 1, 1 + 2 ** -6, -3.140625]);
    expect(got[4]).toBe(2 ** -133); // subnormal
    expect(got.slice(5)).toEqual([0, 65280, 1.5, 7, -9]);
  });

  it("keep NaN and infinities in bfloat16, and refuse them in int8", () => {
    const x = tensor([Number.NaN, Infinity, -Infinity, 1], { shape: [1, 4] });
    expect(numbersOf(x.to({ dtype: "bfloat16" }))).toEqual([Number.NaN, Infinity, -Infinity, 1]);
    expect(thrownBy(() => x.to({ dtype: "int8" }))).toMatchObject({ code: "ERR_RANGE" });
    const large = tensor([9e6], { shape: [1, 1] });
    expect(thrownBy(() => large.to({ dtype: "int8" }))).toMatchObject({ code: "ERR_RANGE" });
  });

  it("come back the same when they are widened and narrowed again", () => {
    const generator = new Generator(5);
    for (const dtype of ["bfloat16", "int8"] as const) {
      const once = randn([7, 75], { generator }).to({ dtype });
      const twice = once.to({ dtype: "float32" }).to({ dtype });
      expect(numbersOf(twice)).toEqual(numbersOf(once));
    }
  });

  const shapes: [m: number, n: number, k: number][] = [
    ...([
      [1, 5, 32],
      [1, 9, 70],
      [2, 6, 64],
      [3, 7, 33],
      [5, 10, 48],
    ] as const),
    ...([
      [17, 12, 40],
      [24, 70, 96],
      [40, 33, 8],
    ] as const),
  ].map(([m, n, k]) => [m, n, k]);
  it.each(shapes)("multiply %i rows by %i rows of %i as their widened numbers", (m, n, k) => {
    const generator = new Generator(m + n + k);
    const [x, bias] = [randn([m, k], { generator }), randn([n], { generator })];
    for (const dtype of ["bfloat16", "int8"] as const) {
      const weight = randn([n, k], { generator }).to({ dtype });
      const wanted = linear(x, weight.to({ dtype: "float32" }), bias);
      const scale = Math.sqrt(k) * (dtype === "int8" ? QUANTIZED : EXACT);
      const near = { rtol: 0, atol: scale };
      expect(linear(x, weight, bias).dataSync()).toBeAllclose(wanted.dataSync(), near);
      const out = bias.expand([m, n]).contiguous().clone();
      inference.linearInto(out, x, weight, { accumulate: true });
      expect(out.dataSync()).toBeAllclose(wanted.dataSync(), near);
      inference.linearInto(out, x, weight, { bias });
      expect(out.dataSync()).toBeAllclose(wanted.dataSync(), near);
    }
  });

  it("serve as tables and as stacks of experts", () => {
    const generator = new Generator(2);
    const ids = tensor(Int32Array.of(4, 0, 4), { shape: [3] });
    const offsets = tensor(Int32Array.of(0, 2, 2, 7), { shape: [4] });
    const x = randn([8, 40], { generator });
    for (const dtype of ["bfloat16", "int8"] as const) {
      const table = randn([5, 40], { generator }).to({ dtype });
      const wide = table.to({ dtype: "float32" });
      expect(embedding(table, ids).dataSync()).toEqual(embedding(wide, ids).dataSync());
      const rows = zeros([3, 40]);
      inference.gatherInto(rows, table, ids);
      expect(rows.dataSync()).toEqual(embedding(wide, ids).dataSync());
      const stack = randn([3, 6, 40], { generator }).to({ dtype });
      const wanted = groupedLinear(x, stack.to({ dtype: "float32" }), offsets);
      const got = groupedLinear(x, stack, offsets);
      expect(got.dataSync()).toBeAllclose(wanted.dataSync(), { rtol: 0, atol: 0.1 });
      expect(numbersOf(got).slice(42)).toEqual([0, 0, 0, 0, 0, 0]);
    }
  });

  it("can be seen as whole rows, and written there", () => {
    const weight = zeros([4, 3, 32]).to({ dtype: "int8" });
    const part = weight.select(0, 2).narrow(0, 1, 2);
    part.set(Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? 127 : 254)));
    expect(numbersOf(weight).slice(2 * 96 + 32, 3 * 96)).toEqual(numbersOf(part));
    expect(numbersOf(weight).filter((x) => x !== 0)).toHaveLength(64);
    expect(weight.reshape([12, 32]).shape).toEqual([12, 32]);
    expect(thrownBy(() => weight.narrow(2, 0, 16))).toMatchObject({ code: "ERR_DTYPE" });
    expect(thrownBy(() => weight.reshape([-1]))).toMatchObject({ code: "ERR_DTYPE" });
  });

  it("can be seen and written transposed", () => {
    const numbers = Array.from({ length: 64 }, (_, i) => i - 32);
    const weight = zeros([2, 32]).to({ dtype: "bfloat16" }).transpose();
    weight.set(numbers);
    expect(numbersOf(weight)).toEqual(numbers);
    expect(numbersOf(weight.transpose())).toEqual(
      numbersOf(tensor(numbers, { shape: [32, 2] }).transpose()),
    );
    expect(numbersOf(weight.to({ dtype: "float32" }))).toEqual(numbers);
  });

  it("take a half and about a quarter of the memory", () => {
    const [a, b] = (["bfloat16", "int8"] as const).map((dtype) => zeros([64, 128]).to({ dtype }));
    expect(a!.storage.byteLength).toBe(64 * 128 * 2);
    expect(b!.storage.byteLength).toBe((64 * 128 * 34) / 32);
  });

  it("are refused by other operators, and pass no gradient", () => {
    const weight = ones([4, 32]).to({ dtype: "int8" });
    const x = ones([2, 32]).requireGrad();
    for (const call of [
      () => matmul(x, weight.transpose()),
      () => weight.add(1),
      () => weight.clone(),
      () => weight.sum(),
      () => linear(weight, x.detach()),
    ])
      expect(thrownBy(call)).toMatchObject({
        code: "ERR_DTYPE",
        message: expect.stringContaining("int8"),
      });
    expect(thrownBy(() => weight.requireGrad())).toMatchObject({ code: "ERR_DTYPE" });
    const y = linear(x, weight).sum();
    expect(thrownBy(() => backward(y))).toMatchObject({
      code: "ERR_AUTOGRAD",
      message: expect.stringContaining("int8"),
    });
  });

  it("are made blank for a loader, where a layer allows it", () => {
    const made = nn.withBlankWeights("int8", () => [
      new nn.Linear(32, 8),
      new nn.Linear(32, 8, { staysFloat32: true }),
      new nn.Embedding(5, 32),
    ]) as [nn.Linear, nn.Linear, nn.Embedding];
    expect(made.map(({ weight }) => weight.dtype)).toEqual(["int8", "float32", "int8"]);
    expect(made[0].bias!.dtype).toBe("float32");
    expect(made[0].weight).toBeInstanceOf(CompactTensor);
    expect(new nn.Linear(32, 8).weight.dtype).toBe("float32");
    const unknown = () => nn.withBlankWeights("int4" as "int8", () => null);
    expect(thrownBy(unknown)).toMatchObject({ code: "ERR_RANGE" });
  });
});

describe("the backends", () => {
  const encoded = (
    create: () => Backend,
    dtype: CompactType,
    numbers: readonly number[],
    k: number,
  ) => {
    const backend = setBackend(create());
    try {
      return numbersOf(tensor(numbers, { shape: [numbers.length / k, k] }).to({ dtype }));
    } finally {
      void backend.dispose();
    }
  };

  it("round any numbers alike", () => {
    const number = fc.float({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }).chain((k) =>
          fc.record({
            k: fc.constant(k),
            numbers: fc.array(number, { minLength: 2 * k, maxLength: 2 * k }),
            dtype: fc.constantFrom("bfloat16" as const, "int8" as const),
          }),
        ),
        ({ k, numbers, dtype }) => {
          const [js, wasm] = [createJsBackend, () => createWasmBackend({ threads: 1 })].map(
            (create) => encoded(create, dtype, numbers, k),
          );
          expect(wasm).toEqual(js);
        },
      ),
      { numRuns: 25 },
    );
  });
});
