import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompactTensor, Generator, inference, rand, setBackend, type Tensor } from "../../src";

/** Enough rows, an odd number, that either half is read as a stream of its own. */
const [ROWS, WIDTH] = [701, 237];

/** Σ x·w for each pair of rows, in double precision. */
function expected(x: Tensor, weight: Tensor, base: Tensor | null): number[] {
  const [a, w] = [x.dataSync(), weight.dataSync()];
  const [m, n, k] = [x.shape[0]!, weight.shape[0]!, x.shape[1]!];
  const start = base?.dataSync();
  return Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = start?.[at] ?? 0;
    for (let p = 0; p < k; p++) sum += a[i * k + p]! * w[j * k + p]!;
    return sum;
  });
}

describe("a weight that is read from two places at once", () => {
  let weight: Tensor;
  const generator = new Generator(3);
  const draw = (...shape: number[]) => rand(shape, { generator }).sub(0.5);

  beforeAll(() => {
    setBackend("wasm");
    weight = draw(ROWS, WIDTH);
  });
  afterAll(() => weight.dispose());

  it.each([1, 2, 6])("gives the product with %i rows, alone and added", (count) => {
    const [x, out] = [draw(count, WIDTH), draw(count, ROWS)];
    const added = expected(x, weight, out);
    inference.linearInto(out, x, weight, { accumulate: true });
    const close = (values: number[]) => {
      for (const [i, value] of out.dataSync().entries()) expect(value).toBeCloseTo(values[i]!, 4);
    };
    close(added);
    inference.linearInto(out, x, weight);
    close(expected(x, weight, null));
  });

  it.each(["bfloat16", "int8"] as const)("gives the product with a weight of %s", (dtype) => {
    const narrow = weight.to({ dtype }) as CompactTensor;
    const [x, out] = [draw(2, WIDTH), draw(2, ROWS)];
    inference.linearInto(out, x, narrow);
    const wide = narrow.to({ dtype: "float32" });
    // int8 weights meet activations of seven bits.
    const digits = dtype === "int8" ? 1 : 4;
    const values = expected(x, wide, null);
    for (const [i, value] of out.dataSync().entries())
      expect(value).toBeCloseTo(values[i]!, digits);
    narrow.dispose();
  });
});
