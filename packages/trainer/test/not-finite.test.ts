import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { manualSeed, randn } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { type FitConfig, type FitEvent, fit, listCheckpoints } from "../src";
import { collect, lossesOf } from "./support/collect";
import { Mlp, numbersOf, type Points, sixSteps, squaredError } from "./support/mlp";
import { withTemporaryFolder } from "./support/temporary-folder";

const folder = withTemporaryFolder();

describe("a loss that is not finite", () => {
  const failing = (model: Mlp, bad: (step: number) => boolean): FitConfig<Points> => ({
    ...sixSteps(model),
    loss(batch, step) {
      const value = squaredError(model)(batch).add(randn([1]).sum().mul(0.01));
      return bad(step) ? value.mul(Number.NaN) : value;
    },
    checkpoint: { folder: folder(), everySteps: 100 },
  });

  it("stops after the last good state is saved, from which the run goes on", async () => {
    manualSeed(3);
    const whole = new Mlp();
    const expected = await collect(
      fit(whole, {
        ...failing(whole, () => false),
        checkpoint: { folder: join(folder(), "w"), everySteps: 100 },
      }),
    );
    manualSeed(3);
    const model = new Mlp();
    const events: FitEvent[] = [];
    const run = collect(
      fit(
        model,
        failing(model, (step) => step === 4),
      ),
      events,
    );
    await expect(run).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
      message: expect.stringMatching(/the loss of step 5 is NaN; lower the learning rate/),
      fields: { step: 5, tensor: undefined },
    });
    expect(events.at(-1)).toMatchObject({ type: "checkpoint-end", step: 4 });
    manualSeed(77);
    const again = new Mlp(8);
    const rest = await collect(fit(again, { ...failing(again, () => false), resume: true }));
    expect(lossesOf(rest)).toEqual(lossesOf(expected).slice(4));
    expect(numbersOf(again)).toEqual(numbersOf(whole));
  });

  it("from broken weights names the first tensor, and saves nothing over the good checkpoint", async () => {
    const model = new Mlp();
    const config: FitConfig<Points> = {
      ...sixSteps(model),
      checkpoint: { folder: folder(), everySteps: 3, keep: 1 },
      afterStep(step) {
        if (step === 5) model.second.weight.set(new Float32Array(8).fill(Infinity));
      },
    };
    await expect(collect(fit(model, config))).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
      message: expect.stringMatching(/step 6 .* second\.weight is the first weight/),
      fields: { tensor: "second.weight" },
    });
    expect((await listCheckpoints(folder())).map(({ step }) => step)).toEqual([3]);
  });

  it("in the gradient alone stops before the broken weights are saved", async () => {
    const model = new Mlp();
    const config: FitConfig<Points> = {
      ...sixSteps(model),
      // √0 has an infinite slope: the loss is finite, its gradient is not
      loss: (batch, step) =>
        step === 3 ? model.second.bias!.mul(0).sqrt().sum() : squaredError(model)(batch),
      checkpoint: { folder: folder(), everySteps: 1, keep: 1 },
    };
    await expect(collect(fit(model, config))).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
      message: expect.stringMatching(/gradient of second\.bias in step 4 is not finite/),
    });
    expect(await readdir(folder())).toEqual(["step-000003"]);
  });
});
