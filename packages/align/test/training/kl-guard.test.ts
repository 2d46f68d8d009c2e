import { nn, setBackend, tensor } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { beforeEach, describe, expect, it } from "vitest";
import { KlGuard } from "../../src/training/kl-guard";

beforeEach(() => setBackend("js"));

class OneNumber extends nn.Module {
  readonly x = nn.parameter(tensor(Float32Array.of(0)));
}

const stepEnd = (step: number): FitEvent => ({
  type: "step-end",
  step,
  loss: 1,
  lr: 1,
  gradNorm: 1,
  scalars: { kl: 0 },
});
const evalEnd = (step: number, kl: number): FitEvent => ({
  type: "eval-end",
  step,
  loss: 1,
  scalars: { kl },
});

/** A training whose weight is the number of its steps; its KL by step, on the next pairs and on held-out ones. */
async function train(next: number[], heldOut?: number[], every = 2) {
  const module = new OneNumber();
  const weight = async () => (await module.x.data())[0]!;
  const measured = async (kls: number[]) => ({ loss: 1, scalars: { kl: kls[await weight()]! } });
  const guard = await KlGuard.watch(module, {
    maxKl: 1,
    nextBatch: () => measured(next),
    heldOut: heldOut && (() => measured(heldOut)),
  });
  try {
    await guard.check({ type: "train-start", step: 0, steps: 9, trainedParameters: 1 });
    for (let step = 1; step < next.length; step++) {
      module.x.set(Float32Array.of(step));
      await guard.afterStep(step);
      let end = await guard.check(stepEnd(step));
      if (!end && heldOut && step % every === 0)
        end = await guard.check(evalEnd(step, heldOut[step]!));
      if (end) return { end, weight: await weight() };
    }
    return { end: null, weight: await weight() };
  } finally {
    guard.dispose();
  }
}

describe("KlGuard", () => {
  it("lets a training go on that stays within the bound, the bound itself included", async () => {
    expect(await train([0, 0.5, 1, 1], [0, 0.5, 1, 1])).toEqual({ end: null, weight: 3 });
  });

  it("goes back one step where the next pairs are too far", async () => {
    const { end, weight } = await train([0, 0.5, 0.9, 1.2, 0]);
    expect(weight).toBe(2);
    const stop = { type: "kl-stop", step: 2, rejected: 3, kl: 1.2, on: "next-batch", maxKl: 1 };
    expect(end).toEqual([stop]);
  });

  it("goes back to the last evaluation that passed where held-out pairs are too far", async () => {
    const { end, weight } = await train([0, 0, 0, 0, 0], [0, 0.3, 0.6, 0.9, 1.5]);
    expect(weight).toBe(2);
    expect(end).toEqual([
      { type: "eval-end", step: 2, loss: 1, scalars: { kl: 0.6 } },
      { type: "kl-stop", step: 2, rejected: 4, kl: 1.5, on: "held-out", maxKl: 1 },
    ]);
  });

  it("goes back further where the step before passes on the next pairs alone", async () => {
    const { end, weight } = await train([0, 0, 0, 0, 0, 2], [0, 0, 0.6, 1.1, 0.9, 1.2], 4);
    expect(weight).toBe(4);
    const far = await train([0, 0, 0, 0, 2], [0, 0, 0.6, 1.1, 1.2]);
    expect(far.weight).toBe(2);
    expect(end!.at(-1)).toMatchObject({ step: 4, rejected: 5, on: "next-batch" });
    expect(far.end!.at(-1)).toMatchObject({ step: 2, rejected: 4, on: "next-batch" });
  });

  it("takes a KL that is NaN for too far", async () => {
    expect((await train([0, 0, Number.NaN])).weight).toBe(1);
  });

  it("refuses to start above the bound", async () => {
    await expect(train([2, 0])).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { maxKl: 1, kl: 2 },
    });
    await expect(train([0, 0], [1.5, 0])).rejects.toMatchObject({ code: "ERR_RANGE" });
  });
});
