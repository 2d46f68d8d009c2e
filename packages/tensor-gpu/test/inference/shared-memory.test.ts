import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  createBlasBackend,
  createJsBackend,
  createWasmBackend,
  inference,
  ones,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../src";
import { missingBlas } from "../support/missing-blas";
import { thrownBy } from "../support/thrown-by";

const backends: [string, () => Backend][] = [
  ["js", createJsBackend],
  ["wasm", () => createWasmBackend({ threads: 1 })],
  ["wasm on two threads", () => createWasmBackend({ threads: 2 })],
];
if (!missingBlas) backends.push(["blas", () => createBlasBackend({ threads: 1 })]);

/** Three rows in four pages of keys, and values that may have other pages. */
function pagesOf(values: number[]): inference.KeyPages {
  const rows = Int32Array.of(0, 0, 1, 0, 2, 0);
  const table = Int32Array.of(1, 3, 2, 3, 3, 2);
  return {
    keys: zeros([4, 2, 4, 8]),
    values: zeros(values),
    rows: tensor(rows, { shape: [3, 2] }),
    table: tensor(table, { shape: [3, 2] }),
    numbers: { rows, table },
  };
}

describe.each(backends)("memory on %s", (_, create) => {
  let backend: Backend;
  beforeEach(() => {
    backend = setBackend(create());
  });
  afterEach(() => backend.dispose());

  it.each([
    ["fewer pages", [1, 2, 4, 8]],
    ["other heads", [4, 1, 4, 8]],
    ["shorter pages", [4, 2, 2, 8]],
    ["another rank", [4, 2, 32]],
  ])(
    "pages of values that have %s than those of keys are refused, and nothing is overwritten",
    (_, shape) => {
      const pages = pagesOf(shape);
      const after = ones([256]);
      const [k, v] = [ones([3, 2, 8]), ones([3, 2, 8])];
      const store = () => inference.storePages(null, k, v, pages, null);
      const attend = () => inference.attendPages(zeros([3, 2, 8]), k, pages);
      for (const call of [store, attend])
        expect(thrownBy(call)).toMatchObject({ code: "ERR_SHAPE" });
      expect(after.sum().itemSync()).toBe(256);
      expect(pages.keys.sum().itemSync()).toBe(0);
    },
  );

  it("values of fewer rows than keys are refused", () => {
    const call = () =>
      inference.storePages(null, ones([3, 2, 8]), ones([1, 2, 8]), pagesOf([4, 2, 4, 8]), null);
    expect(thrownBy(call)).toMatchObject({ code: "ERR_SHAPE" });
  });

  it("an output that is an operand is refused where elements are read again", () => {
    const [x, stats, ids] = [ones([4, 4]), zeros([8]), zeros([4], { dtype: "int32" })];
    const row = x.select(0, 0);
    const cube = ones([2, 2, 2]);
    const [four, pages] = [ones([1, 2, 2, 2]), pagesOf([4, 2, 4, 8])];
    const [q, angles] = [ones([3, 2, 8]), ones([8, 4])];
    const turned = { cos: angles, sin: angles, interleaved: false };
    const calls: Record<string, () => void> = {
      "linearInto x": () => inference.linearInto(x, x, ones([4, 4])),
      "linearInto weight": () => inference.linearInto(x, ones([4, 4]), x),
      "linearInto bias": () => inference.linearInto(x, ones([4, 4]), ones([4, 4]), { bias: row }),
      "linearsInto twice": () => {
        const target = { out: x, weight: ones([4, 4]), bias: null };
        inference.linearsInto([target, target], ones([4, 4]));
      },
      "gatherInto table": () => inference.gatherInto(x, x, ids),
      "rmsNormInto weight": () => inference.rmsNormInto(x, stats, x, row, 1e-5),
      "perHeadInto x": () => inference.perHeadInto(cube, cube, ones([2, 2, 2])),
      "attendInto q": () => inference.attendInto(four, four, ones(four.shape), ones(four.shape), 1),
      "argmaxInto top": () => inference.argmaxInto(ids, row, x),
      "linearArgmaxInto top": () => inference.linearArgmaxInto(ids, row, x, ones([4, 4])),
      "attendPages q": () => inference.attendPages(q, q, pages),
      "storePages k": () => inference.storePages(q, q, ones([3, 2, 8]), pages, turned),
      "combineInto overlapping": () =>
        inference.combineInto("add", flat(x, 0), flat(x, 4), ones([8])),
    };
    const codes = Object.entries(calls).map(
      ([name, call]) => `${name}: ${(thrownBy(call) as { code?: string }).code}`,
    );
    expect(codes).toEqual(Object.keys(calls).map((name) => `${name}: ERR_ARGUMENT`));
  });

  it("an output that reads each element once may be an operand, or lie between its columns", () => {
    const x = tensor([3, 4], { shape: [1, 2] });
    inference.combineInto("mul", x, x, x);
    inference.swigluInto(x, tensor([100, 100], { shape: [1, 2] }), x);
    expect([...x.dataSync()]).toEqual([900, 1600]);
    const both = ones([2, 2, 8]);
    inference.perHeadInto(both.narrow(2, 0, 4), both.narrow(2, 4, 4), ones([2, 4, 4]));
    expect(both.sum().itemSync()).toBe(4 * (4 * 4 + 4));
  });
});

/** Eight elements of a matrix from one on. */
const flat = (x: Tensor, first: number) => x.view([8], [1], first);
