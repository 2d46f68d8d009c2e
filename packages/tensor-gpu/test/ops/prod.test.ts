import { describe, expect, it } from "vitest";
import { createJsBackend, createWasmBackend, prod, setBackend, tensor } from "../../src";

describe.each([
  ["js", createJsBackend],
  ["wasm", createWasmBackend],
])("the gradient of prod on %s", (_, create) => {
  const gradientOf = (values: number[][], options: { dim?: number; keepDim?: boolean }) => {
    setBackend(create());
    const x = tensor(values).requireGrad();
    prod(x, options).sum().backward();
    return [...x.grad!.dataSync()];
  };

  it("is the product of the others where one element is 0", () => {
    expect(gradientOf([[1.5, 0, -2]], {})).toEqual(
      [0, -3, 0].map((value) => expect.closeTo(value)),
    );
  });

  it("is 0 where two are 0, row by row", () => {
    const rows = [
      [2, 3, 4],
      [0, 0, 5],
      [0, 3, 5],
    ];
    expect(gradientOf(rows, { dim: 1, keepDim: true }).map((value) => value + 0)).toEqual([
      ...[12, 8, 6],
      ...[0, 0, 0],
      ...[15, 0, 0],
    ]);
  });
});
