import { inspect } from "node:util";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { arange, full, nn, ones, setBackend, type Tensor, tensor, zeros } from "../../src";
import texts from "./pytorch.json";

beforeEach(() => {
  setBackend("wasm");
});

const specials: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** The tensors too large to be listed, as the script that wrote pytorch.json made them. */
const made: Record<string, () => Tensor> = {
  cut: () => arange(2000).to({ dtype: "float32" }).reshape([20, 100]).div(7),
  "cut cube": () => arange(1200).to({ dtype: "float32" }).reshape([10, 10, 12]),
  "long row": () => ones([1, 1001]),
};

function build({ name, shape, dtype, values }: (typeof texts)[number]): Tensor {
  if (!values) return made[name]!();
  const numbers = values.map((value) =>
    typeof value === "string" ? specials[value]! : Number(value),
  );
  return tensor(numbers, { shape, dtype: dtype as "float32" });
}

describe("a tensor's text", () => {
  it.each(texts)("lays out values as PyTorch 2.13 prints them: $name", (one) => {
    const text = String(build(one));
    const values = text.slice("tensor(".length, text.lastIndexOf("shape=")).replace(/,\s*$/, "");
    expect(values).toBe(one.text);
  });

  it("ends with shape, element type and backend, on a line of their own where they do not fit", () => {
    expect(String(ones([2]))).toBe("tensor([1., 1.], shape=[2], dtype=float32, backend=wasm)");
    expect(String(ones([12]).requireGrad())).toBe(
      "tensor([1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1.],\n" +
        "       shape=[12], dtype=float32, backend=wasm, requiresGrad)",
    );
    expect(String(zeros([0, 3]))).toBe("tensor([], shape=[0, 3], dtype=float32, backend=wasm)");
  });

  it("obeys precision, threshold, edge items and line width", () => {
    const x = arange(10).to({ dtype: "float32" }).div(4);
    const text = x.toString({ precision: 1, threshold: 5, edgeItems: 1, lineWidth: 60 });
    expect(text.split(",\n")[0]).toBe("tensor([0.0,  ..., 2.3]");
  });

  it("reads a transposed tensor in its own order", () => {
    expect(
      String(
        tensor([
          [1, 2],
          [3, 4],
        ]).transpose(0, 1),
      ),
    ).toContain("[[1., 3.],\n        [2., 4.]]");
  });

  it("describes a disposed tensor instead of failing", () => {
    const x = ones([2]);
    x.dispose();
    expect(String(x)).toBe("tensor(disposed, shape=[2], dtype=float32, backend=wasm)");
  });

  it("leaves no memory behind and no trace on the tape", () => {
    const x = full([40, 40], 2).requireGrad();
    const y = x.square().sum();
    String(x);
    y.backward();
    expect(x.grad!.toArray()).toEqual(Array.from({ length: 40 }, () => new Array(40).fill(4)));
  });
});

describe("looking at a tensor", () => {
  it("is what Node's inspect and console.log show", () => {
    expect(inspect({ x: tensor([1, 2]) })).toContain("tensor([1., 2.], shape=[2]");
  });

  it("gives nested arrays, the value of a scalar, and booleans", () => {
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ]).toArray(),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(5).toArray()).toBe(5);
    expect(tensor([1, 2]).eq(2).toArray()).toEqual([false, true]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
  });

  it("is nested arrays in JSON", () => {
    expect(JSON.stringify({ x: tensor([[1, 2]]) })).toBe('{"x":[[1,2]]}');
  });

  it("prints to the console at once", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    tensor([1]).print();
    expect(log.mock.calls).toEqual([["tensor([1.], shape=[1], dtype=float32, backend=wasm)"]]);
    log.mockRestore();
  });

  it("refuses options that are not whole numbers", () => {
    expect(() => ones([1]).toString({ precision: 1.5 })).toThrow(/precision/);
  });
});

class Block extends nn.Module {
  norm = new nn.RMSNorm(4);
  dropout = new nn.Dropout(0.1);
}

class Net extends nn.Module {
  scale = nn.buffer(ones([1]));
  embed = new nn.Embedding(10, 4);
  blocks = [new Block(), new Block(), new Block()];
  head = new nn.Linear(4, 2);
}

describe("a module's text", () => {
  const expected = `Net (62 parameters)
  scale [1]
  embed: Embedding (weight [10, 4])
  blocks.0 to blocks.2: 3 × Block (4 parameters)
    norm: RMSNorm (weight [4])
    dropout: Dropout
  head: Linear (weight [2, 4], bias [2])`;

  it("is its tree with the shapes of its tensors, equal neighbours as one", () => {
    expect(String(new Net())).toBe(expected);
  });

  it("is what Node's inspect and console.log show", () => {
    expect(inspect(new Net())).toBe(expected);
  });
});
