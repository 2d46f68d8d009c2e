import { describe, expect, it } from "vitest";
import { layerOf, normal, numbers } from "./support";

describe("MoeLayer", () => {
  it("runs", () => {
    const layer = layerOf();
    const x = normal([2, 3, 6]).requireGrad();
    const y = layer.forward(x);
    y.sum().backward();
    expect(y.shape).toEqual([2, 3, 6]);
    expect(numbers(x.grad!).every(Number.isFinite)).toBe(true);
  });
});
