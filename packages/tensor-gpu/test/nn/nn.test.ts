import { beforeEach, describe, expect, it } from "vitest";
import {
  Generator,
  keep,
  manualSeed,
  memory,
  nn,
  ones,
  optim,
  randn,
  setBackend,
  type Tensor,
  TensorError,
  tensor,
  tidy,
} from "../../src";

beforeEach(() => {
  setBackend("js");
  manualSeed(2);
});

class Pair extends nn.Module {
  first = new nn.Linear(2, 3);
  rest = [new nn.LayerNorm(3), new nn.Dropout(0.5)];
  named = new Map([["out", new nn.Linear(3, 1, { bias: false })]]);
  scale = nn.buffer(ones([1]));
  private readonly _hidden = nn.buffer(ones([1]));

  forward(x: Tensor): Tensor {
    const normed = (this.rest[0] as nn.LayerNorm).forward(this.first.forward(x));
    return this.named
      .get("out")!
      .forward((this.rest[1] as nn.Dropout).forward(normed))
      .mul(this.scale)
      .mul(this._hidden);
  }
}

describe("Module", () => {
  it("names the tensors of its tree in order, arrays and maps included, private ones not", () => {
    const names = [...new Pair().namedTensors()].map(([name]) => name);
    expect(names).toEqual([
      "first.weight",
      "first.bias",
      "rest.0.weight",
      "rest.0.bias",
      "named.out.weight",
      "scale",
    ]);
  });

  it("lists only what wants gradients as parameters", () => {
    const model = new Pair();
    expect(model.parameters().length).toBe(5);
    model.first.requireGrad(false);
    expect([...model.namedParameters()].map(([name]) => name)).toEqual([
      "rest.0.weight",
      "rest.0.bias",
      "named.out.weight",
    ]);
  });

  it("switches the whole tree between training and evaluation", () => {
    const model = new Pair();
    const x = randn([1, 2]);
    const twice = () => [model.forward(x).itemSync(), model.forward(x).itemSync()];
    model.eval();
    const [a, b] = twice();
    expect(a).toBe(b);
    expect([...model.train().modules()].every(({ training }) => training)).toBe(true);
  });

  it("frees all tensors on dispose", () => {
    const before = memory().storages;
    const layer = new nn.Conv2d(2, 3, 3);
    layer.dispose();
    expect(memory().storages).toBe(before);
  });

  it("disposes of children by their own dispose", () => {
    const before = memory().storages;
    class Keeper extends nn.Linear {
      private readonly _kept = keep(ones([2]));
      override dispose(): void {
        this._kept.dispose();
        super.dispose();
      }
    }
    class Tree extends nn.Module {
      one = new Keeper(2, 2);
      several = [new Keeper(2, 2), new Keeper(2, 2)];
      named = new Map([["a", new Keeper(2, 2)]]);
    }
    const tree = new Tree();
    expect(memory().storages).toBe(before + 4 * 3);
    tree.dispose();
    expect(memory().storages).toBe(before);
  });
});

describe("layers", () => {
  it("draw the same weights from the same generator", () => {
    const draw = () => new nn.Linear(4, 4, { generator: new Generator(9) }).weight.dataSync();
    expect(draw()).toEqual(draw());
    expect(Math.max(...draw().map(Math.abs))).toBeLessThanOrEqual(0.5);
  });

  it("batch norm normalises by the batch in training and by its running statistics in evaluation", () => {
    const norm = new nn.BatchNorm(2, { momentum: 1 });
    const x = tensor([
      [1, 10],
      [3, 30],
    ]);
    expect(norm.forward(x).dataSync()).toBeAllclose([-1, -1, 1, 1], { rtol: 1e-4 });
    expect(norm.runningMean.dataSync()).toBeAllclose([2, 20]);
    expect(norm.runningVar.dataSync()).toBeAllclose([2, 200]);
    norm.eval();
    expect(norm.forward(tensor([[2, 20]])).dataSync()).toBeAllclose([0, 0], { atol: 1e-6 });
  });

  it("refuse groups that do not divide the channels", () => {
    expect(() => new nn.GroupNorm(2, 3)).toThrow(TensorError);
  });
});

describe("training a small convolutional network", () => {
  it("separates horizontal from vertical bars", () => {
    const conv = new nn.Conv2d(1, 4, 3, { padding: 1 });
    const pool = new nn.MaxPool2d(2);
    const head = new nn.Linear(16, 2);
    const optimizer = new optim.AdamW([...conv.parameters(), ...head.parameters()], { lr: 0.03 });
    const bars = Array.from({ length: 8 }, (_, n) =>
      Array.from({ length: 16 }, (_, i) => Number((n % 2 ? i % 4 : Math.floor(i / 4)) === n >> 1)),
    );
    const [x, y] = [
      tensor(bars).reshape([8, 1, 4, 4]),
      tensor(Int32Array.from({ length: 8 }, (_, n) => n % 2)),
    ];
    const loss = () => {
      const logits = head.forward(pool.forward(conv.forward(x).relu()).reshape([8, 16]));
      return logits
        .logSoftmax()
        .gather(1, y.reshape([8, 1]))
        .mean()
        .neg();
    };
    for (let step = 0; step < 120; step++)
      tidy(() => {
        loss().backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
    expect(loss().itemSync()).toBeLessThan(0.05);
  });
});
