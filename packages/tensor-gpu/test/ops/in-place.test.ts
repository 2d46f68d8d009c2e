import { beforeEach, describe, expect, it } from "vitest";
import {
  arange,
  createJsBackend,
  fill_,
  Generator,
  memory,
  ones,
  rand,
  randn,
  setBackend,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

const values = (x: Tensor) => [...x.dataSync()];
const grid = () => arange(0, 6, 1, { dtype: "float32" }).reshape([2, 3]);
const code = (run: () => unknown) => thrownBy(run).code;

describe.each(["js", "wasm"])("operators that overwrite, on %s", (backend) => {
  beforeEach(() => {
    setBackend(backend);
  });

  it("copy into a tensor, and return it", () => {
    const x = zeros([2, 3]);
    expect(x.copy_(grid())).toBe(x);
    expect(values(x)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("copy between views of any strides", () => {
    const x = zeros([3, 2]);
    x.transpose().copy_(grid());
    expect(values(x)).toEqual([0, 3, 1, 4, 2, 5]);
    const wide = zeros([2, 3]);
    wide.copy_(tensor([1, 2]).unsqueeze(1).expand([2, 3]));
    expect(values(wide)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it("copy a part of a tensor onto another part that overlaps it", () => {
    const x = tensor([1, 2, 3, 4]);
    x.narrow(0, 1, 3).copy_(x.narrow(0, 0, 3));
    expect(values(x)).toEqual([1, 1, 2, 3]);
    const square = tensor([
      [1, 2],
      [3, 4],
    ]);
    square.copy_(square.transpose());
    expect(values(square)).toEqual([1, 3, 2, 4]);
  });

  it("convert what they copy as astype does", () => {
    expect(values(zeros([2], { dtype: "int32" }).copy_(tensor([1.7, -1.7])))).toEqual([1, -1]);
    expect(values(zeros([2], { dtype: "bool" }).copy_(tensor([0, 0.5])))).toEqual([0, 1]);
  });

  it("copy and fill tensors of no elements and of one", () => {
    expect(values(zeros([0, 3]).copy_(zeros([0, 3])))).toEqual([]);
    expect(values(zeros([]).copy_(tensor(7)))).toEqual([7]);
    expect(values(fill_(zeros([0]), 3))).toEqual([]);
  });

  it("fill whole tensors and views", () => {
    const x = zeros([2, 3]);
    x.select(1, 2).fill_(5);
    expect(values(x)).toEqual([0, 0, 5, 0, 0, 5]);
  });

  it("draw what randn and rand draw from the same generator", () => {
    const drawn = randn([3, 5], { mean: 1, std: 2, generator: new Generator(4) });
    const normal = zeros([3, 5]).normal_({ mean: 1, std: 2, generator: new Generator(4) });
    expect(values(normal)).toEqual(values(drawn));
    const uniform = zeros([7]).uniform_({ low: -1, high: 3, generator: new Generator(4) });
    expect(values(uniform)).toEqual(
      values(rand([7], { low: -1, high: 3, generator: new Generator(4) })),
    );
  });

  it("draw into a view in the order of its elements, leaving the rest alone", () => {
    const x = zeros([3, 2]);
    x.narrow(1, 0, 1).normal_({ generator: new Generator(1) });
    const drawn = values(randn([3], { generator: new Generator(1) }));
    expect(values(x)).toEqual(drawn.flatMap((value) => [value, 0]));
  });

  it("stay off the tape and keep no memory", () => {
    const before = memory().bytes;
    tidy(() => {
      const leaf = ones([2, 2]).requireGrad();
      leaf
        .copy_(grid().narrow(1, 0, 2))
        .transpose()
        .normal_();
      expect(leaf.isLeaf).toBe(true);
    });
    expect(memory().bytes).toBe(before);
  });

  it("refuse other shapes, types, backends and settings", () => {
    expect(code(() => zeros([2]).copy_(zeros([3])))).toBe("ERR_SHAPE");
    expect(code(() => zeros([2]).copy_(zeros([2]).to({ backend: createJsBackend() })))).toBe(
      "ERR_BACKEND",
    );
    expect(code(() => zeros([2]).copy_([1, 2] as never))).toBe("ERR_ARGUMENT");
    expect(code(() => zeros([2]).fill_("1" as never))).toBe("ERR_ARGUMENT");
    expect(code(() => zeros([2], { dtype: "int32" }).fill_(0.5))).toBe("ERR_RANGE");
    expect(code(() => zeros([2], { dtype: "int32" }).normal_())).toBe("ERR_DTYPE");
    expect(code(() => zeros([2]).normal_({ std: -1 }))).toBe("ERR_RANGE");
    expect(code(() => zeros([2]).uniform_({ low: 1, high: 0 }))).toBe("ERR_RANGE");
    expect(code(() => zeros([2]).uniform_({ generator: {} as never }))).toBe("ERR_ARGUMENT");
  });

  it("know where tensors live and that they can be read at once", () => {
    const x = zeros([1]);
    expect([x.backendName, x.canReadSync]).toEqual([backend, true]);
  });
});

describe("a tensor on a backend that only answers asynchronously", () => {
  it("says so", () => {
    const { readSync: _, ...asynchronous } = createJsBackend();
    setBackend({ ...asynchronous, readSync: undefined });
    expect(zeros([1]).canReadSync).toBe(false);
    expect(code(() => zeros([1]).dataSync())).toBe("ERR_BACKEND");
  });
});
