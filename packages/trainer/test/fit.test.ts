import { memory, optim, tensor } from "@deepgrain/tensor-gpu";
import type {} from "@deepgrain/vitest/allclose";
import { describe, expect, it } from "vitest";
import { fit, jsonPart, TrainerError } from "../src";
import { collect, lossesOf, ofType } from "./support/collect";
import { Mlp, numbersOf, type Points, points, sixSteps, squaredError } from "./support/mlp";
import { withTemporaryFolder } from "./support/temporary-folder";

const folder = withTemporaryFolder();

describe("fit", () => {
  it("lowers any loss of any module and reports every step", async () => {
    const model = new Mlp();
    const events = await collect(fit(model, { ...sixSteps(model), steps: 60, lr: 0.05 }));
    expect(events[0]).toEqual({ type: "train-start", step: 0, steps: 60, trainedParameters: 41 });
    expect(events.at(-1)).toEqual({ type: "train-end", step: 60 });
    const steps = ofType(events, "step-end");
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(steps[0]).toMatchObject({ lr: 0.05, scalars: {}, gradNorm: expect.any(Number) });
    const losses = lossesOf(events);
    expect(losses.at(-1)!).toBeLessThan(0.2 * losses[0]!);
  });

  it("makes the steps that PyTorch's recipe makes by hand", async () => {
    const [model, twin] = [new Mlp(), new Mlp()];
    await collect(fit(model, { ...sixSteps(model), maxGradNorm: 0.3 }));
    const optimizer = new optim.AdamW(twin.parameters());
    for (let step = 0; step < 6; step++) {
      squaredError(twin)(points.batch(step)).backward();
      optimizer.step({ lr: 0.05 / (1 + step), maxGradNorm: 0.3 })?.dispose();
      optimizer.zeroGrad();
    }
    expect(numbersOf(model)).toEqual(numbersOf(twin));
  });

  it("averages the gradients, losses and scalars of several batches", async () => {
    const [apart, together] = [new Mlp(), new Mlp()];
    const joined = {
      batch(position: number): Points {
        const [a, b] = [points.batch(2 * position), points.batch(2 * position + 1)];
        return {
          x: Float32Array.of(...a.x, ...b.x),
          y: Float32Array.of(...a.y, ...b.y),
          count: 8,
        };
      },
    };
    const loss = (model: Mlp) => (batch: Points) => ({
      loss: squaredError(model)(batch),
      scalars: { first: batch.x[0]!, square: tensor(batch.x).square().sum() },
    });
    const events = await collect(
      fit(apart, { ...sixSteps(apart), loss: loss(apart), gradientAccumulation: 2, steps: 3 }),
    );
    const whole = await collect(fit(together, { ...sixSteps(together), data: joined, steps: 3 }));
    expect(lossesOf(events)).toBeAllclose(lossesOf(whole), { rtol: 1e-5 });
    const { second } = apart;
    expect(second.weight.dataSync()).toBeAllclose(together.second.weight.dataSync(), {
      rtol: 1e-4,
    });
    const [a, b] = [points.batch(4).x, points.batch(5).x];
    const squares = [...a, ...b].reduce((sum, value) => sum + value * value, 0);
    const { scalars } = ofType(events, "step-end")[2]!;
    expect(scalars.first).toBe((a[0]! + b[0]!) / 2);
    expect(scalars.square).toBeCloseTo(squares / 2, 5);
  });

  it("takes any optimiser, and trains only what wants gradients", async () => {
    const model = new Mlp();
    model.requireGrad(false);
    model.second.requireGrad();
    const before = numbersOf(model);
    const names: string[] = [];
    await collect(
      fit(model, {
        ...sixSteps(model),
        optimizer: (named) => {
          names.push(...named.map(([name]) => name));
          return new optim.SGD(
            named.map(([, parameter]) => parameter),
            { momentum: 0.9 },
          );
        },
      }),
    );
    const after = numbersOf(model);
    expect(names).toEqual(["second.weight", "second.bias"]);
    expect(after["first.weight"]).toEqual(before["first.weight"]);
    expect(after["second.weight"]).not.toEqual(before["second.weight"]);
  });

  it("measures every so many steps and at the end, and calls back after each step", async () => {
    const model = new Mlp();
    const held = [points.batch(100), points.batch(101)];
    const [measured, called]: [number[], number[]] = [[], []];
    const events = await collect(
      fit(model, {
        ...sixSteps(model),
        steps: 5,
        evaluation: {
          everySteps: 2,
          async measure(step) {
            const losses = held.map((batch) => squaredError(model)(batch).itemSync());
            const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
            measured.push(loss);
            return step === 2 ? loss : { loss, scalars: { step } };
          },
        },
        afterStep: (step) => void called.push(step),
      }),
    );
    const evaluations = ofType(events, "eval-end");
    expect(evaluations.map(({ step, scalars }) => [step, scalars])).toEqual([
      [2, {}],
      [4, { step: 4 }],
      [5, { step: 5 }],
    ]);
    expect(evaluations.map(({ loss }) => loss)).toEqual(measured);
    expect(called).toEqual([1, 2, 3, 4, 5]);
    expect(model.training).toBe(true);
  });

  it("holds no more memory after 50 steps than after one", async () => {
    const model = new Mlp();
    const sizes: number[] = [];
    const loss = (batch: Points) => {
      const value = squaredError(model)(batch);
      return { loss: value, scalars: { twice: value.mul(2) } };
    };
    for await (const event of fit(model, { ...sixSteps(model), loss, steps: 50 }))
      if (event.type === "step-end") sizes.push(memory().bytes);
    expect(sizes.at(-1)).toBe(sizes[0]);
  });

  it.each([
    ["steps", { steps: -1 }, /steps must be a whole number of at least 0, got -1/],
    [
      "gradientAccumulation",
      { gradientAccumulation: 0 },
      /gradientAccumulation must be .* at least 1, got 0/,
    ],
    [
      "maxGradNorm",
      { maxGradNorm: Number.NaN },
      /maxGradNorm must be a finite number above 0, got NaN/,
    ],
    ["evaluation", { evaluation: { everySteps: 0, measure: () => 1 } }, /everySteps must be/],
    ["checkpoint", { checkpoint: { folder: "x", everySteps: 1, keep: 0 } }, /keep must be/],
  ])("refuses %s out of range", async (_, change, message) => {
    const model = new Mlp();
    const run = collect(fit(model, { ...sixSteps(model), ...change }));
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toMatchObject({ code: "ERR_RANGE" });
  });

  it("refuses names of parts that are not valid folder names everywhere, and modules that nothing is trained of", async () => {
    const model = new Mlp();
    const part = jsonPart(
      () => 1,
      () => undefined,
    );
    const checkpoint = { folder: folder(), everySteps: 1, parts: { "../x": part } };
    await expect(collect(fit(model, { ...sixSteps(model), checkpoint }))).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    model.requireGrad(false);
    const error = await collect(fit(model, sixSteps(model))).catch((thrown: unknown) => thrown);
    expect(TrainerError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "ERR_RANGE" });
  });
});
