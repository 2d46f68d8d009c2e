import { afterAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/backend/backend";
import type { AttentionOptions } from "../../src/backend/kernels";
import type { View } from "../../src/backend/view";
import { createJsBackend } from "../../src/js";
import { createWasmBackend } from "../../src/wasm";
import { withAllKernels } from "../support/with-all-kernels";
import { noise } from "./arena";

const reference = createJsBackend();
const backends = [1, 2, 3].map((threads) => withAllKernels(createWasmBackend({ threads })));
afterAll(() => Promise.all([reference, ...backends].map((backend) => backend.dispose())));

interface Sizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  keyHeads: number;
  d: number;
  valueD: number;
}

function put(backend: Backend, shape: number[], seed: number): View {
  const size = shape.reduce((a, b) => a * b, 1);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const handle = backend.allocate(size * 4);
  const view: View = { storage: { handle }, offset: 0, shape, strides, dtype: "float32", size };
  backend.upload(view, noise(size, seed));
  return view;
}

/** Output, ln Σ and the three gradients. */
function run(backend: Backend, sizes: Sizes, options: Omit<AttentionOptions, "keyMask">) {
  const { batch, queries, keys, heads, keyHeads, d, valueD } = sizes;
  const make = (seed: number, ...shape: number[]) => put(backend, shape, seed);
  const q = make(1, batch, queries, heads, d);
  const k = make(2, batch, keys, keyHeads, d);
  const v = make(3, batch, keys, keyHeads, valueD);
  const dout = make(4, batch, queries, heads, valueD);
  const out = make(5, ...dout.shape);
  const lse = make(6, batch, heads, queries);
  const [dq, dk, dv] = [make(7, ...q.shape), make(8, ...k.shape), make(9, ...v.shape)];
  const all = { ...options, keyMask: null };
  backend.kernels.attention(out, null, lse, q, k, v, all);
  backend.kernels.attentionGrad(dq, dk, dv, dout, out, null, lse, q, k, v, all);
  const results = [out, lse, dq, dk, dv].map((view) => backend.readSync!(view));
  for (const view of [q, k, v, dout, out, lse, dq, dk, dv]) {
    backend.free(view.storage.handle, view.size * 4);
  }
  return results;
}

/** All thread counts give the same bits, and those agree with plain loops. */
function check(sizes: Sizes, options: Omit<AttentionOptions, "keyMask">) {
  const expected = run(reference, sizes, options);
  const actual = backends.map((backend) => run(backend, sizes, options));
  for (const [i, values] of expected.entries()) {
    expect(actual[0]![i]).toBeAllclose(values, { rtol: 2e-5, atol: 2e-5 });
    for (const other of actual.slice(1)) {
      expect(other[i]!.findIndex((x, at) => !Object.is(x, actual[0]![i]![at]))).toBe(-1);
    }
  }
}

describe("attention on wasm", () => {
  it("is the same for any thread count where one head is cut into parts", () => {
    const sizes = { batch: 1, queries: 230, keys: 230, heads: 2, keyHeads: 1, d: 20, valueD: 12 };
    check(sizes, { scale: 0.3, causal: true, queryOffset: 0 });
    check(sizes, { scale: 0.3, causal: false, queryOffset: 0 });
  });

  it("holds where there are too many keys to pack and for few queries", () => {
    const sizes = { batch: 1, heads: 1, keyHeads: 1, valueD: 3 };
    check(
      { ...sizes, queries: 13, keys: 4201, d: 126 },
      { scale: 0.1, causal: true, queryOffset: 4188 },
    );
    check(
      { ...sizes, queries: 1, keys: 3001, d: 10 },
      { scale: 0.3, causal: true, queryOffset: 3000 },
    );
    check(
      { ...sizes, queries: 5, keys: 30_001, d: 2 },
      { scale: 0.3, causal: false, queryOffset: 0 },
    );
  });

  it("takes a scale of zero and below", () => {
    const sizes = { batch: 2, queries: 9, keys: 11, heads: 2, keyHeads: 2, d: 6, valueD: 5 };
    check(sizes, { scale: 0, causal: false, queryOffset: 0 });
    check(sizes, { scale: -0.5, causal: true, queryOffset: 2 });
  });

  it("refuses more keys than a thread's work area holds", () => {
    const [backend] = backends;
    const sizes = { batch: 1, queries: 1, keys: 131_001, heads: 1, keyHeads: 1, d: 1, valueD: 1 };
    const attempt = () => run(backend!, sizes, { scale: 1, causal: false, queryOffset: 0 });
    expect(attempt).toThrowError(/at most 131000 keys, got 131001/);
  });
});
