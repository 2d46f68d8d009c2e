import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import {
  createWasmBackend,
  keep,
  memory,
  mseLoss,
  nn,
  ones,
  optim,
  randn,
  setBackend,
  type Tensor,
  tidy,
} from "../../src";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Finalizers run after the garbage collector, once the event loop turns. */
async function afterCollection(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return memory().bytes;
}

const BYTES = 64 * 64 * 4;
const TRIALS = 50;
const repeat = (run: () => void) => {
  for (let i = 0; i < TRIALS; i++) run();
};

beforeEach(() => void setBackend(createWasmBackend({ threads: 1 })));

describe("what a scope made and forgot", () => {
  const cases: [string, () => void][] = [
    ["a leaf", () => void randn([64, 64]).requireGrad()],
    ["a leaf with its gradient", () => randn([64, 64]).requireGrad().mul(2).sum().backward()],
    ["a layer", () => void new nn.Linear(64, 64)],
    ["a layer's buffers", () => void new nn.BatchNorm(4096)],
    [
      "an optimiser",
      () => {
        const layer = new nn.Linear(64, 64);
        mseLoss(layer.forward(ones([2, 64])), ones([2, 64])).backward();
        new optim.AdamW(layer.parameters()).step({ maxGradNorm: 1 });
      },
    ],
    [
      "a leaf under an error",
      () => {
        try {
          tidy(() => {
            randn([64, 64]).requireGrad();
            throw new RangeError("in the scope");
          });
        } catch {}
      },
    ],
  ];
  it.each(cases)("is freed at its end: %s", (_, run) => {
    const before = memory();
    repeat(() => tidy(run));
    expect(memory()).toEqual(before);
  });
});

describe("what leaves a scope", () => {
  it("stays: a module and its optimiser, and trains on", () => {
    const { layer, optimizer } = tidy(() => {
      const made = new nn.Linear(3, 2);
      return { layer: made, optimizer: new optim.AdamW(made.parameters(), { lr: 0.5 }) };
    });
    const before = [...layer.weight.dataSync()];
    tidy(() => {
      mseLoss(layer.forward(ones([4, 3])), ones([4, 2])).backward();
      optimizer.step();
    });
    expect(layer.weight.grad).not.toBeNull();
    expect([...layer.weight.dataSync()]).not.toEqual(before);
  });

  it("stays when it was kept, or goes on to the scope around", () => {
    let kept: Tensor | undefined;
    let passed: Tensor | undefined;
    tidy(() => {
      passed = tidy(() => ones([2]).requireGrad());
      kept = keep(ones([2]).requireGrad());
      expect(passed.isDisposed).toBe(false);
    });
    expect(passed!.isDisposed).toBe(true);
    expect([...kept!.dataSync()]).toEqual([1, 1]);
  });

  it("may have a gradient still to come, which a leaf that has gone does not get", () => {
    const x = ones([2]).requireGrad();
    const y = tidy(() => x.mul(ones([2]).requireGrad().mul(3)).sum());
    y.backward();
    expect([...x.grad!.dataSync()]).toEqual([3, 3]);
  });
});

describe("what nobody holds any more", () => {
  const cases: [string, () => void][] = [
    [
      "a leaf of no scope, with its gradient",
      () => randn([64, 64]).requireGrad().mul(2).sum().backward(),
    ],
    ["a layer that a scope returned", () => void tidy(() => new nn.Linear(64, 64))],
    ["a kept tensor", () => void tidy(() => keep(randn([64, 64])))],
    [
      "a gradient made in a scope",
      () => {
        const x = randn([64, 64]).requireGrad();
        tidy(() => x.mul(2).sum().backward());
      },
    ],
  ];
  it.each(cases)("is freed by the garbage collector: %s", async (_, run) => {
    const before = await afterCollection();
    repeat(run);
    expect(memory().bytes - before).toBeGreaterThan(BYTES);
    expect((await afterCollection()) - before).toBeLessThanOrEqual(2 * BYTES);
  });
});
