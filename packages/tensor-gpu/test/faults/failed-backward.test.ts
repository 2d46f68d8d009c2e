import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkpoint,
  createJsBackend,
  defaultGenerator,
  dropout,
  getBackend,
  manualSeed,
  memory,
  ones,
  optim,
  setBackend,
  type Tensor,
  tidy,
} from "../../src";
import { track } from "../../src/autograd/track";
import { failingBackend } from "./failing-allocations";

const before = getBackend();
const { backend, failAfter } = failingBackend(createJsBackend());
beforeAll(() => void setBackend(backend));
afterAll(() => void setBackend(before));

/** A leaf of ones. */
const leaf = (n: number): Tensor => tidy(() => ones([n]).requireGrad());

/** Runs `run` with its 1st, 2nd, … allocation failing until nothing fails, checking memory after each failure. */
function failEverywhere(run: () => void, forget: () => void): number {
  const live = memory();
  for (let failures = 0; ; failures++) {
    failAfter(failures);
    let isDone = false;
    try {
      tidy(run);
      isDone = true;
    } catch (error) {
      expect((error as Error).message).toBe("tensor-gpu/test: out of memory on purpose");
    }
    failAfter(Number.POSITIVE_INFINITY);
    forget();
    expect(memory()).toEqual(live);
    if (isDone) return failures;
  }
}

describe("a backward pass that fails", () => {
  it("at any allocation frees all it made, shared gradients and non-contiguous ones too", () => {
    const w = tidy(() => ones([3, 4]).requireGrad());
    const run = () => {
      const turned = w.transpose(0, 1);
      const twice = turned.matmul(w).add(w.transpose(0, 1).matmul(w.exp()));
      twice.square().sum().backward();
      w.transpose(0, 1).sum().backward();
    };
    const forget = () => {
      w.grad?.dispose();
      w.grad = null;
    };
    expect(failEverywhere(run, forget)).toBeGreaterThan(10);
    w.dispose();
  });

  it("in a hook frees the gradients in flight", () => {
    const w = leaf(4);
    const live = memory();
    const run = () => {
      const y = w.mul(2);
      y.registerHook(() => {
        throw new Error("not this one");
      });
      y.add(w).sum().backward();
    };
    expect(() => tidy(run)).toThrow("not this one");
    w.grad?.dispose();
    w.grad = null;
    expect(memory()).toEqual(live);
    w.dispose();
  });

  it("in a checkpoint restores the random numbers and frees what was computed again", () => {
    const w = leaf(8);
    manualSeed(3);
    const run = () =>
      checkpoint((x) => dropout(x.exp(), 0.5).square(), [w])
        .sum()
        .backward();
    const drawn: number[] = [];
    const forget = () => {
      drawn.push(defaultGenerator.state().offset);
      w.grad?.dispose();
      w.grad = null;
    };
    expect(failEverywhere(run, forget)).toBeGreaterThan(8);
    const each = drawn.map((offset, i) => offset - (drawn[i - 1] ?? 0));
    expect(Math.max(...each)).toBe(8); // none draws a second time where it is computed again
    w.dispose();
  });

  it("frees what an operation held when its recording fails", () => {
    const w = leaf(4);
    const live = memory();
    const record = () => {
      const out = w.detach();
      track("own", [out], [w], (hold) => {
        hold(w);
        throw new Error("cannot be saved");
      });
    };
    expect(() => tidy(record)).toThrow("cannot be saved");
    w.dispose();
    expect(memory().bytes).toBe(live.bytes - 16);
  });
});

describe("clipGradNorm", () => {
  it("scales gradients where they lie and returns the norm before", () => {
    const parameters = [leaf(3), leaf(1)];
    tidy(() => parameters[0]!.mul(2).sum().add(parameters[1]!.mul(2).sum()).backward());
    const gradients = parameters.map(({ grad }) => grad!);
    const norm = optim.clipGradNorm(parameters, 1);
    expect(norm.itemSync()).toBeCloseTo(4, 6);
    for (const gradient of gradients) expect(gradient.dataSync()[0]).toBeCloseTo(0.5, 5);
    for (const tensor of [norm, ...parameters]) tensor.dispose();
  });

  it("changes all gradients or none", () => {
    const parameters = [leaf(3), leaf(1)];
    tidy(() => parameters[0]!.mul(2).sum().add(parameters[1]!.mul(2).sum()).backward());
    const bits = () => parameters.map(({ grad }) => [...grad!.dataSync()]);
    const unclipped = bits();
    for (let failures = 0; ; failures++) {
      failAfter(failures);
      try {
        optim.clipGradNorm(parameters, 1).dispose();
        break;
      } catch {
        expect(bits()).toEqual(unclipped);
      }
    }
    failAfter(Number.POSITIVE_INFINITY);
    expect(bits()).not.toEqual(unclipped);
    for (const parameter of parameters) parameter.dispose();
  });
});
