import { describe, expect, it } from "vitest";
import * as dg from "../../src";

const random = (shape: number[], seed: number) =>
  dg.randn(shape, { generator: new dg.Generator(seed) });

/** Attention and the gradients of q, k and v for a given upstream gradient. */
async function attend(
  parts: readonly dg.Tensor[],
  upstream: dg.Tensor,
  options: dg.ScaledDotProductOptions,
) {
  const [q, k, v] = parts.map((x) => x.detach().clone().requireGrad());
  const out = dg.scaledDotProductAttention(q!, k!, v!, { isCausal: true, ...options });
  out.mul(upstream).sum().backward();
  return Promise.all([out, q!.grad!, k!.grad!, v!.grad!].map((x) => x.data()));
}

describe("segments of scaledDotProductAttention", () => {
  it.each([
    ["kept probabilities", [5, 9, 2]],
    ["probabilities computed again", [300, 7, 400]],
  ])("give each packed sequence what it gets alone, gradients too (%s)", async (_, lengths) => {
    const total = lengths.reduce((a, b) => a + b);
    const parts = [
      random([1, total, 4, 6], 1),
      random([1, total, 2, 6], 2),
      random([1, total, 2, 5], 3),
    ];
    const upstream = random([1, total, 4, 5], 4);
    const ids = lengths.flatMap((length, i) => Array<number>(length).fill(i));
    const segments = dg.tensor(Int32Array.from(ids), { shape: [1, total] });
    const packed = await attend(parts, upstream, { segments });
    let from = 0;
    for (const length of lengths) {
      const cut = (x: dg.Tensor) => x.narrow(1, from, length);
      const alone = await attend(parts.map(cut), cut(upstream), {});
      for (const [i, values] of alone.entries()) {
        const width = packed[i]!.length / total;
        const own = packed[i]!.slice(from * width, (from + length) * width);
        expect(own).toBeAllclose(values, { rtol: 1e-4, atol: 1e-5 });
      }
      from += length;
    }
  });

  it("may be taken up again, and join with the key mask", async () => {
    const [q, k, v] = [1, 2, 3].map((seed) => random([1, 3, 1, 2], seed));
    const table = (...values: number[]) => dg.tensor(Int32Array.from(values), { shape: [1, 3] });
    const hidden = dg.scaledDotProductAttention(q!, k!, v!, { keyMask: table(1, 0, 1) });
    const segmented = dg.scaledDotProductAttention(q!, k!, v!, {
      segments: table(5, 5, 5),
      keyMask: table(1, 0, 1),
    });
    expect(await segmented.data()).toEqual(await hidden.data());
    const apart = dg.scaledDotProductAttention(q!, k!, v!, { segments: table(1, 2, 1) });
    const [expected, actual] = [await v!.data(), await apart.data()];
    expect(actual.slice(2, 4)).toBeAllclose(expected.slice(2, 4), { rtol: 1e-6, atol: 0 });
    expect((await hidden.data()).slice(4)).toBeAllclose(actual.slice(4), { rtol: 1e-6, atol: 0 });
  });

  it("must be whole numbers, one per key, with a key for each query", () => {
    const [q, k] = [random([1, 3, 1, 2], 1), random([1, 2, 1, 2], 2)];
    const attempt = (keys: dg.Tensor, segments: dg.Tensor) => () =>
      dg.scaledDotProductAttention(q, keys, keys, { segments });
    const ints = (shape: number[]) => dg.zeros(shape, { dtype: "int32" });
    expect(attempt(q, dg.zeros([1, 3]))).toThrowError(/segments must be bool or int32/);
    expect(attempt(q, ints([1, 4]))).toThrowError(/segments must be \[batch, keys\]/);
    expect(attempt(k, ints([1, 2]))).toThrowError(/a key for each query/);
  });
});
