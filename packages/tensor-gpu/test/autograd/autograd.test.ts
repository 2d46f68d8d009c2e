import { beforeEach, describe, expect, it } from "vitest";
import {
  backward,
  checkpoint,
  dropout,
  Generator,
  grad,
  isRecomputing,
  keep,
  manualSeed,
  memory,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  randn,
  scope,
  setBackend,
  split,
  type Tensor,
  tensor,
  tidy,
} from "../../src";

beforeEach(() => {
  setBackend("js");
  manualSeed(1);
});

const leaf = (values: number[]) => tensor(values).requireGrad();

describe("backward", () => {
  it("sums the gradients of several uses of a leaf", () => {
    const x = leaf([2, 3]);
    x.mul(x).add(x).sum().backward();
    expect(x.grad!.dataSync()).toBeAllclose([5, 7]);
  });

  it("adds to the gradients of an earlier pass", () => {
    const x = leaf([1, 2]);
    x.sum().backward();
    x.mul(2).sum().backward();
    expect(x.grad!.dataSync()).toBeAllclose([3, 3]);
  });

  it("keeps leaves apart that receive one gradient object", () => {
    const [a, b] = [leaf([1]), leaf([1])];
    a.add(b).sum().backward();
    a.add(a).sum().backward();
    expect(a.grad!.dataSync()).toBeAllclose([3]);
    expect(b.grad!.dataSync()).toBeAllclose([1]);
  });

  it("needs a gradient for more than one element", () => {
    expect(() => backward(leaf([1, 2]).mul(2))).toThrow(/\[2\] needs a gradient/);
    const x = leaf([1, 2]);
    backward(x.mul(2), { gradient: tensor([1, 10]) });
    expect(x.grad!.dataSync()).toBeAllclose([2, 20]);
  });

  it("refuses a second pass over a freed tape, and allows one with retainGraph", () => {
    const y = leaf([3]).square().sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(() => y.backward()).toThrow(/retainGraph/);
  });

  it("refuses an output that depends on no leaf", () => {
    expect(() => tensor([1]).backward()).toThrow(/requiresGrad/);
  });

  it("handles outputs of which only some are used", () => {
    const x = leaf([1, 2, 3, 4]);
    const [, right] = split(x, [2, 2]);
    right!.square().sum().backward();
    expect(x.grad!.dataSync()).toBeAllclose([0, 0, 6, 8]);
  });

  it("lets hooks see and replace gradients", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const seen: number[][] = [];
    y.registerHook((g) => {
      seen.push([...g.dataSync()]);
      return g.mul(10);
    });
    y.sum().backward();
    expect(seen).toEqual([[1, 1]]);
    expect(x.grad!.dataSync()).toBeAllclose([30, 30]);
  });
});

describe("grad", () => {
  it("differentiates by leaves and by results, leaving .grad alone", () => {
    const x = leaf([2]);
    const y = x.square();
    const z = y.mul(5).sum();
    const [dy, dx] = grad(z, [y, x]);
    expect(dy!.dataSync()).toBeAllclose([5]);
    expect(dx!.dataSync()).toBeAllclose([20]);
    expect(x.grad).toBeNull();
  });

  it("gives zeros for an input without influence", () => {
    const [x, other] = [leaf([2]), leaf([1, 1])];
    expect(grad(x.square().sum(), [other])[0]!.dataSync()).toEqual(new Float32Array(2));
  });
});

describe("checkpoint", () => {
  it("gives the same value and gradients, with the same dropout", () => {
    const layer = new nn.Linear(4, 4);
    const run = (wrap: boolean) => {
      manualSeed(7);
      const x = ones([2, 4]).requireGrad();
      const fn = (input: Tensor) => dropout(layer.forward(input).gelu(), 0.5);
      const y = wrap ? checkpoint(fn, [x]) : fn(x);
      y.square().sum().backward();
      const result = [y.dataSync(), x.grad!.dataSync(), layer.weight.grad!.dataSync()];
      layer.zeroGrad();
      return result;
    };
    expect(run(true)).toEqual(run(false));
  });

  it("repeats the numbers of every generator that was drawn from, and leaves it where it stood", () => {
    const layer = new nn.Linear(4, 4);
    const run = (wrap: boolean) => {
      const [own, other] = [new Generator(3), new Generator(4)];
      const x = ones([2, 4]).requireGrad();
      const inner = (input: Tensor) => dropout(input, 0.5, { generator: other });
      const fn = (input: Tensor) => {
        const hidden = dropout(layer.forward(input).gelu(), 0.5, { generator: own });
        return (wrap ? checkpoint(inner, [hidden]) : inner(hidden)).mul(
          rand([4], { generator: own }),
        );
      };
      const y = wrap ? checkpoint(fn, [x]) : fn(x);
      dropout(y, 0.5, { generator: own });
      y.square().sum().backward();
      const result = [y.dataSync(), x.grad!.dataSync(), layer.weight.grad!.dataSync()];
      layer.zeroGrad();
      return { result, states: [own.state(), other.state()] };
    };
    expect(run(true)).toEqual(run(false));
  });

  it("says when it runs again, and no longer after an error", () => {
    const seen: boolean[] = [];
    let fails = false;
    const x = ones([2]).requireGrad();
    const y = checkpoint(
      (input) => {
        seen.push(isRecomputing());
        if (fails) throw new Error("stop");
        return input.square();
      },
      [x],
    ).sum();
    fails = true;
    expect(() => y.backward()).toThrow("stop");
    expect(seen).toEqual([false, true]);
    expect(isRecomputing()).toBe(false);
  });
});

describe("memory", () => {
  const storages = () => memory().storages;

  it("is freed by tidy, except what is returned or kept", () => {
    const before = storages();
    let kept: Tensor | undefined;
    const out = tidy(() => {
      const x = randn([8, 8]);
      kept = keep(x.add(1));
      return { value: [x.matmul(x)] };
    });
    expect(storages() - before).toBe(2);
    out.value[0]!.dispose();
    kept!.dispose();
    expect(storages()).toBe(before);
  });

  it("keeps the tape of a returned tensor alive, and frees it after backward", () => {
    const w = leaf([1, 2, 3]);
    const before = storages();
    const loss = tidy(() => w.exp().square().sum());
    loss.backward();
    expect(w.grad!.dataSync()).toBeAllclose([1, 2, 3].map((x) => 2 * Math.exp(2 * x)));
    loss.dispose();
    expect(storages() - before).toBe(1);
  });

  it("frees a tape that was never run", () => {
    const w = leaf([1, 2, 3]);
    const before = storages();
    tidy(() => void w.exp().square().sum());
    expect(storages()).toBe(before);
  });

  it("is freed by scope() around asynchronous work", async () => {
    const before = storages();
    const open = scope();
    const y = ones([4]).add(1);
    expect(await y.data()).toEqual(new Float32Array(4).fill(2));
    open.dispose();
    expect(storages()).toBe(before);
  });

  it("does not grow over 100 training steps", () => {
    const model = new nn.Linear(8, 8);
    const optimiser = new optim.AdamW(model.parameters(), { lr: 1e-2 });
    const step = () =>
      tidy(() => {
        model
          .forward(randn([16, 8]))
          .gelu()
          .square()
          .mean()
          .backward();
        optimiser.step({ maxGradNorm: 1 });
        optimiser.zeroGrad();
      });
    step();
    const before = memory().bytes;
    for (let i = 0; i < 100; i++) step();
    expect(memory().bytes).toBe(before);
  });

  it("refuses the use of a disposed tensor", () => {
    const x = ones([2]);
    x.dispose();
    x.dispose();
    expect(() => x.add(1)).toThrow(/disposed/);
  });
});

describe("noGrad", () => {
  it("records nothing inside", () => {
    const x = leaf([1]);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(x.mul(2).requiresGrad).toBe(true);
  });
});
