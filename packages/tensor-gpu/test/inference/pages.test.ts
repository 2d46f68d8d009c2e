import { afterEach, describe, expect, it } from "vitest";
import {
  type Backend,
  createJsBackend,
  createWasmBackend,
  Generator,
  inference,
  matmul,
  randn,
  rope,
  setBackend,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

interface Sizes {
  heads: number;
  keyHeads: number;
  d: number;
  dv?: number;
  pageTokens?: number;
}

/** Sequences of these lengths, their keys and values drawn and stored in pages handed out from the last to the first. */
function fill(lengths: readonly number[], { heads, keyHeads, d, dv, pageTokens = 4 }: Sizes) {
  const generator = new Generator(3);
  const most = Math.max(...lengths.map((n) => Math.ceil(n / pageTokens)));
  const pages = lengths.length * most;
  const table = Int32Array.from({ length: pages }, (_, i) => pages - 1 - i);
  const total = lengths.reduce((sum, n) => sum + n, 0);
  const rows = Int32Array.from(
    lengths.flatMap((n, s) => Array.from({ length: n }, (_, t) => [s, t]).flat()),
  );
  const place = (width: number) => zeros([pages, keyHeads, pageTokens, width]);
  const filled: inference.KeyPages = {
    keys: place(d),
    values: dv === undefined ? null : place(dv),
    rows: tensor(rows, { shape: [total, 2] }),
    table: tensor(table, { shape: [lengths.length, most] }),
    numbers: { rows, table },
  };
  const k = randn([total, keyHeads, d], { generator });
  const v = dv === undefined ? null : randn([total, keyHeads, dv], { generator });
  inference.storePages(null, k, v, filled, null);
  return { pages: filled, q: randn([total, heads, d], { generator }), k, v };
}

/** Attention of one row in plain tensors: q [heads, d] over keys [n, keyHeads, d]. */
function reference(q: Tensor, k: Tensor, v: Tensor, scale: number, cap: number): Float32Array {
  const repeats = q.shape[0]! / k.shape[1]!;
  const perHead = (x: Tensor) => x.repeatInterleave(repeats, 1).permute([1, 0, 2]);
  const scores = matmul(q.unsqueeze(1), perHead(k).transpose()).mul(scale);
  const capped = cap > 0 ? scores.div(cap).tanh().mul(cap) : scores;
  return matmul(softmax(capped), perHead(v)).dataSync() as Float32Array;
}

const backends: [string, () => Backend][] = [
  ["js", createJsBackend],
  ["wasm", () => createWasmBackend({ threads: 1 })],
  ["wasm without fused multiply-add", () => createWasmBackend({ threads: 1, relaxed: false })],
  ["wasm on two threads", () => createWasmBackend({ threads: 2 })],
];

describe.each(backends)("attention over pages on %s", (_, create) => {
  let backend: Backend;
  const start = () => {
    backend = setBackend(create());
  };
  afterEach(() => backend.dispose());

  it.each<[string, Sizes, { window?: number; cap?: number; scale?: number }]>([
    ["as many key heads as heads", { heads: 3, keyHeads: 3, d: 8, dv: 8 }, {}],
    ["shared key heads of odd sizes", { heads: 4, keyHeads: 2, d: 6, dv: 5 }, {}],
    ["a window", { heads: 2, keyHeads: 1, d: 8, dv: 4 }, { window: 6 }],
    ["capped scores", { heads: 2, keyHeads: 2, d: 4, dv: 4 }, { cap: 1.5, scale: 2 }],
    ["a window and capped scores", { heads: 2, keyHeads: 2, d: 4, dv: 8 }, { cap: 1, window: 3 }],
    ["large pages", { heads: 2, keyHeads: 2, d: 12, dv: 12, pageTokens: 64 }, {}],
  ])("sees the keys of its own sequence up to its position, with %s", (_, sizes, options) => {
    start();
    const lengths = [1, 13, 6];
    const { pages, q, k, v } = fill(lengths, sizes);
    const out = zeros([q.shape[0]!, sizes.heads, sizes.dv!]);
    inference.attendPages(out, q, pages, options);
    const { scale = sizes.d ** -0.5, cap = 0, window = 0 } = options;
    let first = 0;
    for (const length of lengths) {
      for (let t = 0; t < length; t++) {
        const from = window > 0 ? Math.max(0, t + 1 - window) : 0;
        const part = (x: Tensor) => x.narrow(0, first + from, t + 1 - from);
        const wanted = reference(q.select(0, first + t), part(k), part(v!), scale, cap);
        expect(out.select(0, first + t).dataSync()).toBeAllclose(wanted, {
          rtol: 1e-5,
          atol: 1e-6,
        });
      }
      first += length;
    }
  });

  it("takes the first part of each key for its value where there are no values", () => {
    start();
    const { pages, q, k } = fill([9], { heads: 3, keyHeads: 1, d: 7 });
    const out = zeros([9, 3, 4]);
    inference.attendPages(out, q, pages, {});
    const wanted = reference(q.select(0, 8), k, k.narrow(-1, 0, 4), 7 ** -0.5, 0);
    expect(out.select(0, 8).dataSync()).toBeAllclose(wanted, { rtol: 1e-5, atol: 1e-6 });
  });

  it.each([false, true])(
    "rotates queries and keys by their positions, interleaved %s",
    (interleaved) => {
      start();
      const { pages, q, k, v } = fill([3, 5], { heads: 4, keyHeads: 2, d: 6, dv: 2 });
      const generator = new Generator(5);
      const [cos, sin] = [randn([8, 3], { generator }), randn([8, 3], { generator })];
      const positions = tensor(Int32Array.of(0, 1, 2, 0, 1, 2, 3, 4), { shape: [1, 8] });
      const turned = (x: Tensor) =>
        rope(x.unsqueeze(0), cos, sin, positions, { interleaved }).dataSync();
      const [wantedQ, wantedK] = [turned(q), turned(k)];
      inference.storePages(q, k, v, pages, { cos, sin, interleaved });
      expect(q.dataSync()).toBeAllclose(wantedQ, { rtol: 1e-6, atol: 1e-6 });
      expect(k.dataSync()).toBeAllclose(wantedK, { rtol: 1e-6, atol: 1e-6 });
      // Position 4 of the second sequence is the first place of its second page, which is page 0.
      const stored = pages.keys.select(0, 0).select(1, 0).dataSync();
      expect(stored).toEqual(k.select(0, 7).dataSync());
      expect(pages.values!.select(0, 0).select(1, 0).dataSync()).toEqual(
        v!.select(0, 7).dataSync(),
      );
    },
  );

  it.each([true, false])("turns the last part of a head alone, neighbours %s", (interleaved) => {
    start();
    const { pages, q, k, v } = fill([4], { heads: 3, keyHeads: 1, d: 10, dv: 2 });
    const generator = new Generator(8);
    const [cos, sin] = [randn([8, 2], { generator }), randn([8, 2], { generator })];
    const positions = tensor(Int32Array.of(0, 1, 2, 3), { shape: [1, 4] });
    const [first, last] = [q.narrow(2, 0, 6).contiguous(), q.narrow(2, 6, 4).contiguous()];
    const wanted = rope(last.unsqueeze(0), cos, sin, positions, { interleaved }).dataSync();
    inference.storePages(q, k, v, pages, { cos, sin, interleaved });
    expect(q.narrow(2, 0, 6).dataSync()).toEqual(first.dataSync());
    expect(q.narrow(2, 6, 4).dataSync()).toBeAllclose(wanted, { rtol: 1e-6, atol: 1e-6 });
  });

  it("refuses sizes that do not fit and options out of range", () => {
    start();
    const { pages, q, k, v } = fill([3], { heads: 4, keyHeads: 2, d: 6, dv: 2 });
    const out = zeros([3, 4, 2]);
    const codes = [
      () => inference.attendPages(zeros([3, 4, 3]), q, pages),
      () => inference.attendPages(out, zeros([3, 3, 6]), pages),
      () => inference.attendPages(out, q, { ...pages, keys: zeros([1, 2, 3, 6]) }),
      () => inference.attendPages(out, q, { ...pages, rows: zeros([2, 2], { dtype: "int32" }) }),
      () => inference.storePages(null, k, null, pages, null),
      () => inference.storePages(null, zeros([3, 2, 4]), v, pages, null),
      () => inference.storePages(zeros([3, 4, 5]), k, v, pages, null),
      () =>
        inference.storePages(q, k, v, pages, {
          cos: zeros([3, 4]),
          sin: zeros([3, 4]),
          interleaved: false,
        }),
      () => inference.attendPages(out, q, pages, { window: -1 }),
      () => inference.attendPages(out, q, pages, { scale: 0 }),
      () => inference.attendPages(out, q, pages, { cap: Number.NaN }),
    ].map((call) => (thrownBy(call) as { code: string }).code);
    expect(codes).toEqual([...Array(8).fill("ERR_SHAPE"), ...Array(3).fill("ERR_RANGE")]);
  });
});
