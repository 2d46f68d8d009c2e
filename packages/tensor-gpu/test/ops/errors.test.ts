import { beforeAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { ones, setBackend, TensorError, tensor, zeros } from "../../src";

const thrown = (fn: () => unknown): TensorError => {
  try {
    fn();
  } catch (error) {
    if (TensorError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("shape errors", () => {
  beforeAll(() => void setBackend("js"));

  const cases: [string, () => unknown, RegExp][] = [
    [
      "add",
      () => ones([2, 3]).add(ones([4])),
      /add: shapes \[2, 3\] and \[4\] do not broadcast: axis -1 has 3 against 4/,
    ],
    [
      "matmul",
      () => ones([2, 3]).matmul(ones([4, 2])),
      /matmul: the last axis .* got \[2, 3\] and \[4, 2\]/,
    ],
    ["linear", () => dg.linear(ones([2, 3]), ones([5, 4])), /linear: .* got \[2, 3\] and \[5, 4\]/],
    [
      "reshape",
      () => ones([2, 3]).reshape([4, -1]),
      /reshape: \[2, 3\] has 6 elements and cannot become \[4, -1\]/,
    ],
    ["cat", () => dg.cat([ones([2, 3]), ones([2, 4])], 0), /cat: .* got \[2, 3\] and \[2, 4\]/],
    ["split", () => dg.split(ones([2, 3]), [1, 1]), /split: .*\[2, 3\]/],
    ["permute", () => ones([2, 3]).permute([0, 0]), /permute/],
    [
      "layerNorm",
      () => dg.layerNorm(ones([2, 3]), ones([2])),
      /layerNorm: .* got \[2, 3\] and \[2\]/,
    ],
    [
      "crossEntropy",
      () => dg.crossEntropy(ones([2, 3]), tensor(Int32Array.of(1))),
      /crossEntropy: .* got \[2, 3\] and \[1\]/,
    ],
    [
      "einsum",
      () => dg.einsum("ij,kj->ik", ones([2, 3]), ones([2, 4])),
      /einsum: "j" must have one size/,
    ],
    ["conv2d", () => dg.conv2d(ones([1, 2, 3, 3]), ones([1, 3, 3, 3])), /conv2d/],
    ["tensor", () => tensor([[1, 2], [3]]), /ragged/],
    ["set", () => ones([2]).set([1, 2, 3]), /takes 2 numbers, got 3/],
  ];
  it.each(cases)("%s names the operator and both shapes", (_, fn, message) => {
    const error = thrown(fn);
    expect(error.code).toBe("ERR_SHAPE");
    expect(error.message).toMatch(message);
  });
});

describe("other errors", () => {
  it("names an index out of range and its place", () => {
    const error = thrown(() => dg.embedding(ones([3, 2]), tensor(Int32Array.of(0, 3))));
    expect(error.code).toBe("ERR_RANGE");
    expect(error.message).toMatch(/position 1 is outside \[0, 3\)/);
  });

  it("refuses a target that is not a class, but not the ignored one", () => {
    expect(dg.crossEntropy(zeros([2, 4]), tensor(Int32Array.of(-100, 1))).itemSync()).toBeCloseTo(
      Math.log(4),
      5,
    );
    expect(
      thrown(() => dg.crossEntropy(zeros([2, 4]), tensor(Int32Array.of(-100, 4)))).message,
    ).toMatch(/position 1/);
  });

  it("refuses floats as indices and integers where floats are needed", () => {
    expect(thrown(() => dg.embedding(ones([3, 2]), ones([1]))).code).toBe("ERR_DTYPE");
    expect(thrown(() => dg.softmax(tensor(Int32Array.of(1)))).code).toBe("ERR_DTYPE");
    expect(thrown(() => tensor(Int32Array.of(1)).requireGrad()).code).toBe("ERR_DTYPE");
  });

  it("names the known backends for an unknown one", () => {
    expect(thrown(() => setBackend("cuda")).message).toMatch(/expected one of wasm, js/);
  });

  it("refuses a seed that is not a whole number and a dropout of 1", () => {
    expect(thrown(() => dg.manualSeed(1.5)).code).toBe("ERR_RANGE");
    expect(thrown(() => dg.dropout(ones([1]), 1)).code).toBe("ERR_RANGE");
  });
});

describe("small tensors", () => {
  it("may have no element or one", () => {
    const none = zeros([0, 3]);
    expect(none.add(1).sum().itemSync()).toBe(0);
    expect(none.matmul(ones([3, 2])).shape).toEqual([0, 2]);
    expect(dg.softmax(none).size).toBe(0);
    expect(dg.layerNorm(zeros([2, 0])).size).toBe(0);
    expect(ones([]).add(ones([1, 1])).shape).toEqual([1, 1]);
    expect(dg.cat([none, ones([1, 3])]).shape).toEqual([1, 3]);
    expect(ones([1]).mean().itemSync()).toBe(1);
  });
});
