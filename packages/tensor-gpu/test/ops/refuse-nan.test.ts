import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  argmax,
  argmin,
  type Backend,
  createJsBackend,
  createWasmBackend,
  getBackend,
  memory,
  setBackend,
  sort,
  type Tensor,
  TensorError,
  tensor,
  topk,
  zeros,
} from "../../src";

const before = getBackend();
afterAll(() => void setBackend(before));

const OPERATORS: Record<string, (x: Tensor) => unknown> = {
  argmax: (x) => argmax(x),
  "argmax along the first axis": (x) => argmax(x, { dim: 0 }),
  "argmax along the last axis": (x) => argmax(x, { dim: -1 }),
  argmin: (x) => argmin(x),
  "argmin along the first axis": (x) => argmin(x, { dim: 0 }),
  topk: (x) => topk(x, 2),
  "topk of the smallest": (x) => topk(x, 1, { largest: false }),
  "topk along the first axis": (x) => topk(x, 1, { dim: 0 }),
  sort: (x) => sort(x),
  "sort, descending": (x) => sort(x, { descending: true }),
};

function errorOf(run: () => unknown): TensorError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (TensorError.isInstance(error)) return error;
    throw error;
  }
}

const BACKENDS: Record<string, () => Backend> = {
  js: createJsBackend,
  wasm: () => createWasmBackend({ threads: 1 }),
};

describe.each(Object.entries(BACKENDS))("on %s", (_, create) => {
  const backend = create();
  afterAll(() => backend.dispose());

  it.each(Object.entries(OPERATORS))("%s refuses NaN wherever it stands", (name, run) => {
    setBackend(backend);
    const size = fc.integer({ min: 2, max: 40 });
    const places = fc.tuple(size, size, fc.nat(), fc.boolean());
    fc.assert(
      fc.property(places, ([rows, n, at, isNaNThere]) => {
        const values = Array.from({ length: rows * n }, (_, i) => Math.sin(i));
        values[(at + 1) % values.length] = Number.NEGATIVE_INFINITY;
        if (isNaNThere) values[at % values.length] = Number.NaN;
        const x = tensor(values).reshape([rows, n]);
        const error = errorOf(() => run(x));
        expect(error?.code).toBe(isNaNThere ? "ERR_RANGE" : undefined);
        if (!isNaNThere) return;
        const op = name.replace(/ .*|,.*/, "");
        expect(error!.message).toBe(
          `tensor-gpu/${op}: the tensor [${rows}, ${n}] holds NaN, which cannot be ordered`,
        );
        expect(error!.fields).toEqual({ op, shape: [rows, n] });
      }),
      { numRuns: 40 },
    );
  });

  it("a refusal leaves no memory behind", () => {
    setBackend(backend);
    const x = tensor([[1, Number.NaN, 3]]);
    const live = memory();
    for (const run of Object.values(OPERATORS)) errorOf(() => run(x));
    const now = memory();
    expect({ ...now, byOp: {} }).toEqual({ ...live, byOp: {} });
  });

  it("an axis without elements has no argmax", () => {
    setBackend(backend);
    for (const run of [argmax, argmin])
      expect(errorOf(() => run(zeros([3, 0]), { dim: 1 }))?.code).toBe("ERR_SHAPE");
    expect(errorOf(() => argmax(zeros([0])))?.message).toMatch(/argmax: axis 0 has no element/);
    expect(argmax(zeros([0, 3]), { dim: 1 }).shape).toEqual([0]);
  });
});
