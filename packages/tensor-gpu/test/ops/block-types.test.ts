/** @file Weights as GGML's blocks hold them; the blocks are those of `fixtures/ggml-blocks.json`, which GGML made. */
import { readFileSync } from "node:fs";
import { writeGguf } from "@deepgrain/vitest/write-gguf";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  type CompactTensor,
  compactBytes,
  createJsBackend,
  createWasmBackend,
  embedding,
  enableBlockTypes,
  fillTensor,
  Generator,
  groupedLinear,
  inference,
  linear,
  nn,
  openGguf,
  randn,
  setBackend,
  type Tensor,
  tensor,
  toBlocks,
  zeros,
} from "../../src";
import type { CompactType } from "../../src/backend/view";
import { thrownBy } from "../support/thrown-by";

const TYPES = { q4_0: 2, q5_0: 6, int8: 8, q4_k: 12, q5_k: 13, q6_k: 14 } as const;
type Name = keyof typeof TYPES;
const names = Object.keys(TYPES) as Name[];
const STORED = {
  q4_0: "Q4_0",
  q5_0: "Q5_0",
  int8: "Q8_0",
  q4_k: "Q4_K",
  q5_k: "Q5_K",
  q6_k: "Q6_K",
} as const;

const fixture = JSON.parse(
  readFileSync(new URL("../files/fixtures/ggml-blocks.json", import.meta.url), "utf8"),
) as { source: string } & Record<string, { blocks: string; values: string }>;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const floatsOf = (text: string) => new Float32Array(bytesOf(text).buffer);

/** Rows of the fixture's blocks, in another order each. */
function blocksOf(name: Name, rows: number, columns: number): Uint8Array {
  const blocks = bytesOf(fixture[STORED[name]]!.blocks);
  const size = compactBytes(name, [1, 256]) === 272 ? 272 : (blocks.length / 512) * 256;
  const out = new Uint8Array(((rows * columns) / 256) * size);
  for (let at = 0; at < out.length; at += size) {
    const from = ((at / size) % 2) * size;
    out.set(blocks.subarray(from, from + size), at);
    out[at + size - 20]! ^= at / size; // another low byte of some level or scale: all are legal there
  }
  return out;
}

/** Blocks whose levels and whole factors are the largest of their type, with steps of 1 and no least number. */
function largestBlocks(name: Name, count: number): Uint8Array {
  const half = [0, 0x3c];
  const ones = (length: number) => new Array<number>(length).fill(255);
  const block = {
    q4_0: [...half, ...ones(16)],
    q5_0: [...half, ...ones(20)],
    int8: [...half, ...new Array<number>(32).fill(127)],
    q4_k: [...half, 0, 0, ...ones(12 + 128)],
    q5_k: [...half, 0, 0, ...ones(12 + 160)],
    q6_k: [...ones(192), ...new Array<number>(16).fill(127), ...half],
  }[name];
  const numbers = name.endsWith("_k") ? 256 : 32;
  return Uint8Array.from(
    { length: (count / numbers) * block.length },
    (_, i) => block[i % block.length]!,
  );
}

/** A weight of so many rows with blocks as a file has them. */
async function weightOf(name: Name, rows: number, columns: number): Promise<CompactTensor> {
  const bytes = blocksOf(name, rows, columns);
  const file = await openGguf(
    writeGguf({}, [{ name: "w", shape: [rows, columns], type: TYPES[name], bytes }]),
  );
  const weight = nn.withBlankWeights(name, () => nn.blankWeight([rows, columns]) as CompactTensor);
  await fillTensor(weight, file, "w");
  return weight;
}

const backends: [string, () => Backend][] = [
  ["js", createJsBackend],
  ["wasm", () => createWasmBackend({ threads: 1 })],
  ["wasm without relaxed SIMD", () => createWasmBackend({ threads: 1, relaxed: false })],
  ["wasm on two threads", () => createWasmBackend({ threads: 2 })],
];

const bitsOf = (x: Tensor) => Array.from(new Int32Array((x.dataSync() as Float32Array).buffer));

describe.each(backends)("blocks of GGML on %s", (_, create) => {
  let backend: Backend;
  beforeEach(async () => {
    await enableBlockTypes();
    backend = setBackend(create());
  });
  afterEach(() => backend.dispose());

  it.each(names)("of type %s are widened to the numbers of GGML's own reader", async (name) => {
    const { blocks, values } = fixture[STORED[name]]!;
    const gguf = writeGguf({}, [
      { name: "w", shape: [2, 256], type: TYPES[name], bytes: bytesOf(blocks) },
    ]);
    const file = await openGguf(gguf);
    const weight = nn.withBlankWeights(name, () => nn.blankWeight([2, 256]) as CompactTensor);
    await fillTensor(weight, file, "w");
    expect(weight.dataSync()).toEqual(floatsOf(values));
    const kept = weight.bytes();
    if (kept) expect(Buffer.compare(kept, bytesOf(blocks))).toBe(0);
  });

  it.each(names)("of type %s are widened as the reader widens any bytes", async (name) => {
    const weight = await weightOf(name, 6, 512);
    const file = await openGguf(
      writeGguf({}, [
        { name: "w", shape: [6, 512], type: TYPES[name], bytes: blocksOf(name, 6, 512) },
      ]),
    );
    const { data } = await file.readFloat32("w");
    expect(bitsOf(weight)).toEqual(Array.from(new Int32Array(data.buffer)));
    const ids = tensor(Int32Array.of(4, 0, 4), { shape: [3] });
    expect(embedding(weight, ids).dataSync()).toEqual(
      embedding(weight.to({ dtype: "float32" }), ids).dataSync(),
    );
  });

  it.each(["q4_0", "q5_0"] as const)("of type %s are made as GGML makes them", (name) => {
    const source = tensor(floatsOf(fixture.source), { shape: [2, 256] });
    const made = source.to({ dtype: name }) as CompactTensor;
    expect(made.dataSync()).toEqual(floatsOf(fixture[STORED[name]]!.values));
    const bytes = made.bytes();
    if (bytes) expect(Buffer.compare(bytes, bytesOf(fixture[STORED[name]]!.blocks))).toBe(0);
  });

  it("have a last block that is shorter, and rows apart", () => {
    const x = randn([3, 41], { generator: new Generator(4) });
    const first = x.narrow(1, 0, 32).contiguous();
    for (const name of ["q4_0", "q5_0"] as const) {
      const got = x.to({ dtype: name }).to({ dtype: "float32" });
      expect(got.narrow(1, 0, 32).contiguous().dataSync()).toEqual(
        first.to({ dtype: name }).dataSync(),
      );
      const step = 5 / (name === "q4_0" ? 8 : 16);
      expect(got.dataSync()).toBeAllclose(x.dataSync(), { rtol: 0, atol: step });
    }
  });

  it("hold float16 to the bit, infinities and NaN included, and refuse what becomes infinite", () => {
    const numbers = [1, -0.1, 65504, 1e-7, 6e-8, 0, -0, Infinity, -Infinity, Number.NaN, 3.5];
    const x = tensor(numbers, { shape: [1, 11] });
    const got = Array.from(x.to({ dtype: "float16" }).dataSync() as Float32Array);
    const [tenth, small] = [-0.0999755859375, 2 * 2 ** -24];
    expect(got).toEqual([
      ...[1, tenth, 65504, small, 2 ** -24, 0, -0, Infinity, -Infinity, Number.NaN, 3.5],
    ]);
    const large = tensor([70_000], { shape: [1, 1] });
    for (const dtype of ["float16", "q4_0"] as const) {
      const wrong = dtype === "q4_0" ? tensor([Number.NaN], { shape: [1, 1] }) : large;
      expect(thrownBy(() => wrong.to({ dtype }))).toMatchObject({ code: "ERR_RANGE" });
    }
  });

  it("of K types come from files only, in whole blocks", () => {
    const x = zeros([2, 256]);
    for (const dtype of ["q4_k", "q5_k", "q6_k"] as const) {
      expect(thrownBy(() => x.to({ dtype }))).toMatchObject({ code: "ERR_RANGE" });
      const odd = () => nn.withBlankWeights(dtype, () => nn.blankWeight([2, 128]));
      expect(thrownBy(odd)).toMatchObject({ code: "ERR_SHAPE" });
    }
  });

  it("serve as stacks of experts", async () => {
    const offsets = tensor(Int32Array.of(0, 2, 2, 21), { shape: [4] });
    const x = randn([21, 256], { generator: new Generator(6) });
    for (const name of names) {
      const stack = (await weightOf(name, 15, 256)).reshape([3, 5, 256]);
      const wanted = groupedLinear(x, stack.to({ dtype: "float32" }), offsets).dataSync();
      const got = groupedLinear(x, stack, offsets).dataSync() as Float32Array;
      const size = Math.max(...Array.from(wanted, Math.abs));
      expect(got).toBeAllclose(wanted, { rtol: 0, atol: 0.03 * size });
    }
  });
});

/** The types whose products are computed in whole numbers. */
const wholes: readonly CompactType[] = names;
const shapes = [
  [1, 5, 256],
  [2, 9, 512],
  [3, 64, 256],
  [7, 33, 768],
  [12, 130, 512],
  [13, 31, 256],
  [24, 70, 512],
  [40, 33, 256],
  [200, 65, 512],
] as const;

/**
 * |error| ≤ Σ |w| · step / 2 over k, where a step is the largest activation of its block of 32, of K types of 256, over 127: what
 * rounding the activations can do at most, and a little for sums of floats.
 */
function bounds(
  block: number,
  x: Float32Array,
  w: Float32Array,
  m: number,
  n: number,
  k: number,
): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let bound = 0;
      let size = 0;
      for (let p = 0; p < k; p += block) {
        let largest = 0;
        let sum = 0;
        for (let q = p; q < Math.min(k, p + block); q++) {
          largest = Math.max(largest, Math.abs(x[i * k + q]!));
          sum += Math.abs(w[j * k + q]!);
          size += Math.abs(w[j * k + q]! * x[i * k + q]!);
        }
        bound += (sum * largest) / 254;
      }
      out[i * n + j] = 1.0001 * bound + 1e-5 * size;
    }
  return out;
}

function product64(x: Float32Array, w: Float32Array, m: number, n: number, k: number) {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let p = 0; p < k; p++) out[i * n + j]! += x[i * k + p]! * w[j * k + p]!;
  return out;
}

const engines: [string, () => Backend][] = [
  ["relaxed", () => createWasmBackend({ threads: 1 })],
  ["plain", () => createWasmBackend({ threads: 1, relaxed: false })],
  ["2 threads", () => createWasmBackend({ threads: 2 })],
  ["8 threads", () => createWasmBackend({ threads: 8 })],
];

describe.each(wholes)("products with %s", (type) => {
  it.each(shapes)(
    "of %i rows by %i rows of %i lie within the bound of rounded activations",
    async (m, n, k) => {
      const backend = setBackend(createWasmBackend({ threads: 1 }));
      const weight = await weightOf(type as Name, n, k);
      const generator = new Generator(m + n + k);
      const x = randn([m, k], { generator });
      const [numbers, wide] = [x.dataSync(), weight.dataSync()] as [Float32Array, Float32Array];
      const wanted = product64(numbers, wide, m, n, k);
      const bound = bounds(type.endsWith("_k") ? 256 : 32, numbers, wide, m, n, k);
      const check = (got: Float32Array, added: number) => {
        const shares = Array.from(
          got,
          (value, i) => Math.abs(value - added - wanted[i]!) / (bound[i]! + 1e-6),
        );
        expect(Math.max(...shares)).toBeLessThanOrEqual(1);
      };
      check(linear(x, weight).dataSync() as Float32Array, 0);
      const out = zeros([m, n]).add(2);
      inference.linearInto(out, x, weight, { accumulate: true });
      check(out.dataSync() as Float32Array, 2);
      await backend.dispose();
    },
  );
});

describe("products with blocks", () => {
  beforeAll(enableBlockTypes);

  it.each(wholes.flatMap((type) => shapes.map((shape) => [type, ...shape] as const)))(
    "of %s have the same bits with and without relaxed SIMD and on any number of threads (%i, %i, %i)",
    async (type, m, n, k) => {
      const numbers = Float32Array.from({ length: m * k }, (_, i) => Math.sin(i * i));
      const all: Buffer[] = [];
      for (const [, create] of engines) {
        const backend = setBackend(create());
        const weight = await weightOf(type as Name, n, k);
        const y = linear(tensor(numbers, { shape: [m, k] }), weight);
        all.push(Buffer.from((y.dataSync() as Float32Array).buffer));
        await backend.dispose();
      }
      for (const other of all.slice(1)) expect(Buffer.compare(other, all[0]!)).toBe(0);
    },
  );

  it.each(["q4_k", "q5_k", "q6_k"] as const)(
    "of %s have the same bits for a row alone as among others",
    async (type) => {
      const backend = setBackend(createWasmBackend({ threads: 2 }));
      const weight = await weightOf(type, 37, 768);
      const x = randn([29, 768], { generator: new Generator(8) });
      const together = bitsOf(linear(x, weight));
      const alone = Array.from({ length: 29 }, (_, i) =>
        bitsOf(linear(x.narrow(0, i, 1).contiguous(), weight)),
      );
      expect(alone.flat()).toEqual(together);
      const three = bitsOf(linear(x.narrow(0, 4, 3).contiguous(), weight));
      expect(three).toEqual(together.slice(4 * 37, 7 * 37));
      await backend.dispose();
    },
  );

  it("reach their largest whole sums without overflow", async () => {
    const backend = setBackend(createWasmBackend({ threads: 1 }));
    for (const type of names) {
      const weight = nn.withBlankWeights(type, () => nn.blankWeight([3, 512]) as CompactTensor);
      const bytes = largestBlocks(type, 3 * 512);
      const file = await openGguf(
        writeGguf({}, [{ name: "w", shape: [3, 512], type: TYPES[type], bytes }]),
      );
      await fillTensor(weight, file, "w");
      const wide = weight.dataSync() as Float32Array;
      for (const m of [1, 13])
        for (const sign of [1, -1]) {
          const got = linear(
            tensor(new Float32Array(m * 512).fill(sign), { shape: [m, 512] }),
            weight,
          );
          const sum = sign * wide.subarray(0, 512).reduce((a, b) => a + b, 0);
          expect(got.dataSync()).toBeAllclose(new Float32Array(m * 3).fill(sum), {
            rtol: 1e-5,
            atol: 0,
          });
        }
    }
    await backend.dispose();
  });

  it("are NaN in every column of a row whose activations are not all finite", async () => {
    const backend = setBackend(createWasmBackend({ threads: 1 }));
    for (const type of names) {
      const weight = await weightOf(type, 7, 256);
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const x = randn([2, 256], { generator: new Generator(2) });
        const numbers = x.dataSync() as Float32Array;
        numbers[300] = bad;
        const got = linear(x.set(numbers), weight).dataSync() as Float32Array;
        expect(got.subarray(0, 7).every(Number.isFinite)).toBe(true);
        expect(got.subarray(7).every(Number.isNaN)).toBe(true);
      }
    }
    await backend.dispose();
  });
});

describe("blocks that GGML's reference makes of numbers", () => {
  it.each(["Q4_0", "Q5_0", "Q8_0"] as const)("are those of toBlocks as %s", (type) => {
    const made = toBlocks(type, floatsOf(fixture.source))!;
    expect(Buffer.compare(made, bytesOf(fixture[type]!.blocks))).toBe(0);
  });

  it("do not exist of numbers that are not finite, nor of parts of blocks", () => {
    for (const bad of [Number.NaN, Infinity, 1e9])
      expect(toBlocks("Q4_0", new Float32Array(32).fill(bad))).toBeUndefined();
    expect(thrownBy(() => toBlocks("Q8_0", new Float32Array(31)))).toMatchObject({
      code: "ERR_SHAPE",
    });
    expect(thrownBy(() => toBlocks("Q4_K" as "Q4_0", new Float32Array(32)))).toMatchObject({
      code: "ERR_RANGE",
    });
  });
});
