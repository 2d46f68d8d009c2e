import type {} from "@deepgrain/vitest/allclose";
import { beforeAll, describe, expect, it } from "vitest";
import {
  arange,
  Generator,
  linear,
  memory,
  nn,
  randn,
  scaledDotProductAttention,
  setBackend,
  type Tensor,
  tensor,
  tidy,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

beforeAll(() => {
  setBackend("js");
});

const near = { rtol: 1e-4, atol: 1e-5 };
const waves = (shape: number[], step: number) => {
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(step * (i + 1))),
    { shape },
  );
};

/** A layer of width 4 with two heads whose weights are sines. */
function sineLayer() {
  const layer = new nn.MultiheadAttention(4, 2);
  const fill = (x: Tensor, step: number) => x.set(waves([...x.shape], step).dataSync());
  fill(layer.inProj.weight, 0.7);
  fill(layer.inProj.bias!, 0.3);
  fill(layer.outProj.weight, 1.1);
  fill(layer.outProj.bias!, 0.9);
  return layer;
}

const inputs = () =>
  [waves([2, 3, 4], 0.5), waves([2, 4, 4], 0.37), waves([2, 4, 4], 0.23)] as const;

describe("MultiheadAttention", () => {
  // The expected numbers were computed in double precision by the formula of PyTorch's documentation.
  it("gives PyTorch's result for queries, keys and values of their own", () => {
    const layer = sineLayer();
    const [query, key, value] = inputs();
    const y = layer.forward(query, key, value);
    expect(y.shape).toEqual([2, 3, 4]);
    expect(y.dataSync()).toBeAllclose(
      [
        2.519725, 1.478886, -1.619448, 0.310557, -0.070411, 0.847405, 1.358838, -0.888613,
        -0.199826, 1.053435, 1.361614, -1.096349, 0.250605, -2.405568, 3.037312, 1.332659, 3.111642,
        -0.262541, -1.14097, 1.757879, 3.487767, 0.719352, -2.12063, 1.37815,
      ],
      near,
    );
    const weights = layer.weights(query, key);
    expect(weights.shape).toEqual([2, 2, 3, 4]);
    expect(weights.select(0, 1).select(0, 0).contiguous().dataSync()).toBeAllclose(
      [
        0.932033, 0.050579, 0.001602, 0.015786, 0.433556, 0.323023, 0.115187, 0.128234, 0.000283,
        0.017299, 0.950257, 0.032161,
      ],
      near,
    );
  });

  it("hides keys by a mask; a query that sees none gets the bias alone", () => {
    const layer = sineLayer();
    const [query, key, value] = inputs();
    const mask = tensor([
      [1, 0, 1, 1],
      [0, 0, 0, 0],
      [1, 1, 0, 1],
    ]).ne(0);
    const y = layer.forward(query, key, value, mask).select(0, 0).contiguous();
    expect(y.dataSync()).toBeAllclose(
      [
        2.521442, 1.464425, -1.612276, 0.320609, 0.783327, 0.973848, 0.42738, -0.44252, -0.075731,
        1.276166, 1.100613, -1.158653,
      ],
      near,
    );
    expect(y.dataSync().slice(4, 8)).toBeAllclose(layer.outProj.bias!.dataSync(), near);
  });

  it("equals the fused attention, gradients included, where no token sees a later one", () => {
    const layer = new nn.MultiheadAttention(8, 4, { generator: new Generator(5) });
    const x = randn([2, 5, 8], { generator: new Generator(6) });
    const gradients = (run: () => Tensor) => {
      layer.zeroGrad();
      run().square().sum().backward();
      return layer.parameters().map(({ grad }) => grad!.contiguous().dataSync());
    };
    const fused = () => {
      const [q, k, v] = linear(x, layer.inProj.weight, layer.inProj.bias)
        .chunk(3)
        .map((part) => part.reshape(2, 5, 4, 2));
      return layer.outProj.forward(
        scaledDotProductAttention(q!, k!, v!, { isCausal: true }).reshape(2, 5, 8),
      );
    };
    const mask = arange(5).unsqueeze(1).ge(arange(5));
    const own = () => layer.forward(x, x, x, mask);
    expect(own().dataSync()).toBeAllclose(fused().dataSync(), near);
    const [wanted, found] = [gradients(fused), gradients(own)];
    for (const [i, gradient] of found.entries()) expect(gradient).toBeAllclose(wanted[i]!, near);
  });

  it("begins as PyTorch's, names its parts, and drops weights only in training", () => {
    const layer = new nn.MultiheadAttention(16, 2, { dropout: 0.5 });
    expect([...layer.namedTensors()].map(([name, { shape }]) => [name, ...shape])).toEqual([
      ["inProj.weight", 48, 16],
      ["inProj.bias", 48],
      ["outProj.weight", 16, 16],
      ["outProj.bias", 16],
    ]);
    const largest = (x: Tensor) => x.abs().amax().itemSync();
    expect(largest(layer.inProj.weight)).toBeLessThanOrEqual(Math.sqrt(6 / 64));
    expect(largest(layer.inProj.weight)).toBeGreaterThan(0.9 * Math.sqrt(6 / 64));
    expect(largest(layer.outProj.weight)).toBeLessThanOrEqual(1 / 4);
    expect(largest(layer.inProj.bias!) + largest(layer.outProj.bias!)).toBe(0);
    expect(new nn.MultiheadAttention(16, 2, { bias: false }).parameters()).toHaveLength(2);
    const x = randn([1, 6, 16]);
    expect(layer.forward(x).dataSync()).not.toEqual(layer.forward(x).dataSync());
    layer.eval();
    expect(layer.forward(x).dataSync()).toEqual(layer.forward(x).dataSync());
    const before = memory().storages;
    tidy(() => void layer.forward(x));
    expect(memory().storages).toBe(before);
  });

  it("refuses heads that do not divide the width, and unknown options", () => {
    expect(thrownBy(() => new nn.MultiheadAttention(8, 3))).toMatchObject({ code: "ERR_RANGE" });
    expect(thrownBy(() => new nn.MultiheadAttention(8, 0))).toMatchObject({ code: "ERR_RANGE" });
    const options = { batchFirst: true } as object;
    expect(thrownBy(() => new nn.MultiheadAttention(8, 2, options))).toMatchObject({
      code: "ERR_ARGUMENT",
    });
  });
});
