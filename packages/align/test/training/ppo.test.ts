import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora } from "@deepgrain/lm";
import { Generator, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PpoConfig, ppo } from "../../src";
import { collect, mean, policy, short } from "../support/ppo";
import { tinyModel } from "../support/tiny-model";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("ppo", () => {
  it("makes the first update of a round at ratio 1, the others clipped", async () => {
    const steps = await collect({ ...short, epochs: 4, lr: 0.05 });
    expect(steps[0]!.scalars.clipFraction).toBe(0);
    expect(steps[3]!.scalars.clipFraction).toBeGreaterThan(0);
  });

  it("adapts the weight of the penalty towards a target", async () => {
    const config = { ...short, steps: 8, klCoefficient: 0.1, reference: tinyModel(3, 12) };
    const adaptiveKl = { target: 100, horizon: 10 };
    const steps = await collect({ ...config, adaptiveKl });
    const coefficients = [0, 2, 4, 6].map((i) => steps[i]!.scalars.klCoefficient!);
    expect(coefficients[0]).toBe(0.1);
    for (let i = 1; i < 4; i++) expect(coefficients[i]).toBeCloseTo(coefficients[i - 1]! * 0.84, 9);
    const fixed = await collect(config);
    expect(fixed.at(-1)!.scalars.klCoefficient).toBe(0.1);
  });

  it("trains an adapter against the base alone", async () => {
    const model = policy();
    const before = await model.model.readWeight("model.layers.0.mlp.up_proj.weight");
    const lora = attachLora(model.model, { rank: 2, generator: new Generator(4) });
    const steps = await collect({ ...short, klCoefficient: 0.05, lora }, model);
    expect(steps.at(-1)!.scalars.kl).not.toBe(0);
    expect(await model.model.readWeight("model.layers.0.mlp.up_proj.weight")).toEqual(before);
  });

  it("goes on in the middle of a round to the steps of an undisturbed run", async () => {
    const config = (name: string) => ({
      ...short,
      steps: 9,
      epochs: 2,
      minibatches: 2,
      klCoefficient: 0.1,
      adaptiveKl: { target: 1, horizon: 10 },
      reference: tinyModel(3, 12),
      entropyCoefficient: 0.01,
      checkpoint: { folder: join(folder, name), everySteps: 3 },
    });
    const whole = await collect(config("whole"));
    const controller = new AbortController();
    const broken = collect(
      { ...config("broken"), signal: controller.signal },
      policy(),
      ({ type, step }) => {
        if (type === "step-end" && step === 7) controller.abort(new Error("stop"));
      },
    );
    await expect(broken).rejects.toThrow("stop");
    expect(await collect({ ...config("broken"), resume: true })).toEqual(whole.slice(7));
  });

  it("spreads minibatches over the answers so that each is seen once per pass", async () => {
    const one = await collect({ ...short, epochs: 1, minibatches: 1, steps: 1, lr: 0 });
    const two = await collect({ ...short, epochs: 1, minibatches: 2, steps: 2, lr: 0 });
    expect(mean(two, "valueLoss")).toBeCloseTo(mean(one, "valueLoss"), 4);
    expect(two[0]!.scalars.valueLoss).not.toBeCloseTo(two[1]!.scalars.valueLoss!, 4);
  });
});

describe("bad input of ppo", () => {
  it.each([
    ["no reference", { klCoefficient: 0.1 }, "ERR_ARGUMENT"],
    ["rewards that are NaN", { reward: () => new Array(8).fill(Number.NaN) }, "ERR_NOT_FINITE"],
    [
      "step rewards that are infinite",
      { reward: () => Array.from({ length: 8 }, () => ({ ends: [0], rewards: [Infinity] })) },
      "ERR_NOT_FINITE",
    ],
    ["too few rewards", { reward: () => [1] }, "ERR_SHAPE"],
    ["minibatches that do not divide the answers", { minibatches: 3 }, "ERR_ARGUMENT"],
    ["no epochs", { epochs: 0 }, "ERR_RANGE"],
  ] as [string, Partial<PpoConfig>, string][])("refuses %s", async (_, config, code) => {
    await expect(collect({ ...short, ...config })).rejects.toMatchObject({ code });
  });

  it("refuses no prompts", async () => {
    await expect(ppo(policy(), [], short).next()).rejects.toMatchObject({ code: "ERR_MISSING" });
  });
});
