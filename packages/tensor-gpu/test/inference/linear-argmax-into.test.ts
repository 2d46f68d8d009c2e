import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  createJsBackend,
  createWasmBackend,
  Generator,
  inference,
  ones,
  randn,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

/** Rows for which there is a kernel: filled up to a multiple of eight by at most four. */
const SERVED = [7, 8, 12, 13, 14, 15, 16, 20, 21, 22, 23];

function found(x: Tensor, weight: Tensor) {
  const rows = x.shape[0]!;
  const [ids, top] = [zeros([rows], { dtype: "int32" }), zeros([rows])];
  const isServed = inference.linearArgmaxInto(ids, top, x, weight);
  return { isServed, ids: [...ids.dataSync()], top: [...top.dataSync()] };
}

/** The same by the product and its largest numbers. */
function wanted(x: Tensor, weight: Tensor) {
  const rows = x.shape[0]!;
  const [ids, top] = [zeros([rows], { dtype: "int32" }), zeros([rows])];
  const product = zeros([rows, weight.shape[0]!]);
  inference.linearInto(product, x, weight);
  inference.argmaxInto(ids, top, product);
  return { isServed: true, ids: [...ids.dataSync()], top: [...top.dataSync()] };
}

describe.each([1, 2])("the largest products on %i threads", (threads) => {
  let backend: Backend;
  beforeEach(() => {
    backend = setBackend(createWasmBackend({ threads }));
  });
  afterEach(() => backend.dispose());

  it.each(SERVED)("are those of the whole product, to the bit, for %i rows", (rows) => {
    const generator = new Generator(rows);
    for (const [n, k] of [
      [192, 16],
      [197, 70],
      [1001, 33],
      [5003, 288],
    ] as const) {
      const [x, weight] = [randn([rows, k], { generator }), randn([n, k], { generator })];
      expect(found(x, weight)).toEqual(wanted(x, weight));
    }
  });

  it("are the first of equal ones, wherever these stand", () => {
    const rows = [0, 1, 70, 166, 167, 700, 999, 1000];
    const x = ones([8, 20]);
    for (const [i, first] of rows.entries()) {
      const values = new Float32Array(1001 * 20);
      for (const row of rows.slice(i)) values.fill(1, row * 20, (row + 1) * 20);
      const result = found(x, tensor(values, { shape: [1001, 20] }));
      expect(result).toEqual({ isServed: true, ids: Array(8).fill(first), top: Array(8).fill(20) });
    }
  });

  it("are found among negative ones only", () => {
    const values = Float32Array.from({ length: 600 * 16 }, (_, i) => -1 - ((i >> 4) % 97));
    const result = found(ones([7, 16]), tensor(values, { shape: [600, 16] }));
    expect(result).toEqual({ isServed: true, ids: Array(7).fill(0), top: Array(7).fill(-16) });
  });

  it("are NaN or infinite where a product is", () => {
    const generator = new Generator(3);
    const [x, values] = [
      randn([16, 24], { generator }),
      randn([900, 24], { generator }).dataSync(),
    ];
    for (const [row, bad] of [
      [0, Number.NaN],
      [431, Number.NaN],
      [899, Number.POSITIVE_INFINITY],
    ] as const) {
      const weight = tensor(Float32Array.from(values).fill(bad, row * 24, row * 24 + 1), {
        shape: [900, 24],
      });
      const { top } = found(x, weight);
      expect(top).toEqual(wanted(x, weight).top);
      expect(top.every(Number.isFinite)).toBe(false);
    }
  });

  it("are recorded and repeated with other numbers", () => {
    const generator = new Generator(5);
    const [x, weight] = [randn([16, 40], { generator }), randn([800, 40], { generator })];
    const [ids, top] = [zeros([16], { dtype: "int32" }), zeros([16])];
    const launches = inference.recordLaunches(x, () => {
      inference.linearArgmaxInto(ids, top, x, weight);
    });
    x.set(randn([16, 40], { generator }).dataSync());
    launches!.replay();
    expect([...ids.dataSync()]).toEqual(wanted(x, weight).ids);
    launches!.dispose();
  });

  it("are left to others where there is no kernel for the shapes", () => {
    for (const [rows, n, k] of [
      [6, 800, 40],
      [9, 800, 40],
      [24, 800, 40],
      [16, 191, 40],
      [16, 800, 15],
    ] as const)
      expect(found(ones([rows, k]), ones([n, k])).isServed).toBe(false);
    expect(found(ones([16, 40]), ones([40, 800]).transpose()).isServed).toBe(false);
  });

  it("are refused for shapes that do not fit", () => {
    const call = () =>
      inference.linearArgmaxInto(
        zeros([16], { dtype: "int32" }),
        zeros([15]),
        ones([16, 40]),
        ones([800, 40]),
      );
    expect(thrownBy(call)).toMatchObject({ code: "ERR_SHAPE" });
    const floats = () =>
      inference.linearArgmaxInto(zeros([16]), zeros([16]), ones([16, 40]), ones([800, 40]));
    expect(thrownBy(floats)).toMatchObject({ code: "ERR_DTYPE" });
  });
});

it("a backend without such a kernel computes nothing", () => {
  const backend = setBackend(createJsBackend());
  expect(found(ones([16, 40]), ones([800, 40])).isServed).toBe(false);
  backend.dispose();
});
