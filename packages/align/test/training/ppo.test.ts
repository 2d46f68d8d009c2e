import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora } from "@deepgrain/lm";
import { Generator, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  guardStepRewards,
  type PpoConfig,
  ppo,
  type StepCredit,
  ValueModel,
} from "../../src";
import { tinyModel } from "../support/tiny-model";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const prompts = [[1, 2], [3], [4, 5, 6]];
const policy = () => new ValueModel(tinyModel(3, 12), { generator: new Generator(9) });
const lowTokens = (answers: readonly Answer[]) =>
  answers.map(({ ids }) => ids.filter((id) => id < 6).length / ids.length);
const short = {
  steps: 4,
  schedule: 1e-2,
  batchSize: 4,
  groupSize: 2,
  epochs: 2,
  maxNewTokens: 4,
  klCoefficient: 0,
  reward: lowTokens,
} satisfies PpoConfig;

type StepEnd = Extract<FitEvent, { type: "step-end" }>;

async function collect(config: PpoConfig, model = policy(), onEvent?: (event: FitEvent) => void) {
  const steps: StepEnd[] = [];
  for await (const event of ppo(model, prompts, config)) {
    if (event.type === "step-end") steps.push(event);
    onEvent?.(event);
  }
  return steps;
}

const mean = (steps: readonly StepEnd[], key: string) =>
  steps.reduce((sum, { scalars }) => sum + scalars[key]!, 0) / steps.length;

describe("ppo", () => {
  it("raises the reward, its value loss falling, and stays near the reference", async () => {
    const reference = tinyModel(3, 12);
    const steps = await collect({ ...short, steps: 60, klCoefficient: 0.02, reference });
    expect(mean(steps.slice(-6), "reward")).toBeGreaterThan(
      mean(steps.slice(0, 6), "reward") + 0.2,
    );
    expect(mean(steps.slice(-6), "valueLoss")).toBeLessThan(mean(steps.slice(0, 6), "valueLoss"));
    expect(steps[0]!.scalars.kl).toBeCloseTo(0, 5);
    expect(steps.at(-1)!.scalars.kl).toBeGreaterThan(0);
    expect(mean(steps, "clipFraction")).toBeGreaterThan(0);
  });

  it("makes the first update of a round at ratio 1, the others clipped", async () => {
    const steps = await collect({ ...short, epochs: 4, schedule: 0.05 });
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
    const one = await collect({ ...short, epochs: 1, minibatches: 1, steps: 1, schedule: 0 });
    const two = await collect({ ...short, epochs: 1, minibatches: 2, steps: 2, schedule: 0 });
    expect(mean(two, "valueLoss")).toBeCloseTo(mean(one, "valueLoss"), 4);
    expect(two[0]!.scalars.valueLoss).not.toBeCloseTo(two[1]!.scalars.valueLoss!, 4);
  });
});

/** Token 0 ends a step; every step has the same score. */
const steps = (score: number, credit: StepCredit) => (answers: readonly Answer[]) =>
  answers.map(({ ids }) => {
    const ends = ids.flatMap((id, t) => (id === 0 || t === ids.length - 1 ? [t] : []));
    return {
      ends,
      rewards: guardStepRewards(
        ends.map(() => score),
        { credit },
      ),
    };
  });

describe("ppo with step rewards", () => {
  const long = { ...short, steps: 60, maxNewTokens: 8, epochs: 2, lambda: 1 };

  it("learns to make more steps where every step pays, and the centred guard changes that", async () => {
    const count = async (credit: StepCredit) => {
      const events = await collect({ ...long, reward: steps(0.3, credit) });
      return mean(events.slice(-10), "answerSteps");
    };
    const [plain, centred] = [await count("sum"), await count("centred")];
    expect(plain).toBeGreaterThan(4);
    expect(centred).toBeLessThan(plain - 2);
  });

  it.each(["tokens", "step-ends", "steps"] as const)("learns with moves of %s", async (moves) => {
    const reward = steps(0.3, "sum");
    const events = await collect({ ...long, steps: 30, gamma: 0.95, lambda: 0.95, moves, reward });
    expect(mean(events.slice(-6), "reward")).toBeGreaterThan(mean(events.slice(0, 6), "reward"));
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
