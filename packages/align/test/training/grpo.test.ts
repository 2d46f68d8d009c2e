import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora } from "@deepgrain/lm";
import { Generator, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type GrpoConfig, grpo, sampleAnswers } from "../../src";
import { collect, policy, prompts, short } from "../support/grpo";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("sampleAnswers", () => {
  it("samples groups side by side, the same for the same seed, ended by the end token", async () => {
    const options = { groupSize: 3, maxNewTokens: 6, eosTokenId: 7, seed: [5] };
    const answers = await sampleAnswers(policy(), prompts, options);
    expect(answers.map(({ prompt }) => prompt)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    for (const { ids, isComplete } of answers) {
      expect(ids.indexOf(7)).toBe(isComplete ? ids.length - 1 : -1);
      if (!isComplete) expect(ids).toHaveLength(6);
    }
    expect(await sampleAnswers(policy(), prompts, options)).toEqual(answers);
    expect(await sampleAnswers(policy(), prompts, { ...options, seed: [6] })).not.toEqual(answers);
  });

  it("refuses prompts without room and options out of range", async () => {
    const one = [[1, 2]];
    const run = (options: object) => sampleAnswers(policy(), one, options);
    await expect(run({ maxNewTokens: 127 })).rejects.toMatchObject({ code: "ERR_CONTEXT" });
    await expect(run({ groupSize: 0 })).rejects.toMatchObject({ code: "ERR_RANGE" });
    await expect(run({ temperature: 0 })).rejects.toMatchObject({ code: "ERR_RANGE" });
  });
});

describe("grpo", () => {
  it.each(["bnpo", "dapo", "dr-grpo"] as const)(
    "trains an adapter with %s, its reference the base alone",
    async (lossType) => {
      const model = policy();
      const before = await model.readWeight("model.layers.0.mlp.up_proj.weight");
      const lora = attachLora(model, { rank: 2, generator: new Generator(4) });
      const steps = await collect(model, { ...short, lora, lossType });
      expect(steps.at(-1)!.scalars.kl).toBeGreaterThan(0);
      expect(await model.readWeight("model.layers.0.mlp.up_proj.weight")).toEqual(before);
    },
  );

  it.each([{ ratioLevel: "sequence" }, { lossType: "cispo" }, { delta: 4 }] as const)(
    "raises the reward with %o and several updates",
    async (variant) => {
      const config = { ...short, ...variant, beta: 0, updates: 2, steps: 40 };
      const steps = await collect(policy(), config);
      const mean = (some: typeof steps) =>
        some.reduce((sum, { scalars }) => sum + scalars.reward!, 0) / some.length;
      expect(mean(steps.slice(-8))).toBeGreaterThan(mean(steps.slice(0, 8)));
      expect(steps.at(-1)!.scalars.clipFraction).toBeGreaterThanOrEqual(0);
    },
  );

  it.each([
    ["groups of one answer", { groupSize: 1 }, "ERR_RANGE"],
    ["an unknown ratio", { ratioLevel: "word" as "token" }, "ERR_ARGUMENT"],
    ["a delta within the clip", { delta: 1.1 }, "ERR_RANGE"],
    ["a delta beside cispo", { delta: 4, lossType: "cispo" }, "ERR_ARGUMENT"],
  ] as [string, Partial<GrpoConfig>, string][])(
    "refuses %s before it samples",
    async (_, config, code) => {
      const engine = () => Promise.reject(new Error("sampled"));
      await expect(
        collect(policy(), { ...short, beta: 0, engine, ...config }),
      ).rejects.toMatchObject({ code });
    },
  );

  it("refuses the rewards of steps with a ratio per sequence", async () => {
    const reward = (all: readonly Answer[]) =>
      all.map(({ ids }) => ({ ends: [0], rewards: [ids[0]!] }));
    const config: GrpoConfig = { ...short, beta: 0, reward, ratioLevel: "sequence" };
    await expect(collect(policy(), config)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: expect.stringContaining("one advantage per answer"),
    });
  });

  it("goes on after an abort to the steps of an undisturbed run", async () => {
    const config = (name: string) => ({
      ...short,
      beta: 0,
      checkpoint: { folder: join(folder, name), everySteps: 2 },
    });
    const whole = await collect(policy(), config("whole"));
    const controller = new AbortController();
    const broken = collect(
      policy(),
      { ...config("broken"), signal: controller.signal },
      ({ type, step }) => {
        if (type === "step-end" && step === 3) controller.abort(new Error("stop"));
      },
    );
    await expect(broken).rejects.toThrow("stop");
    expect(await collect(policy(), { ...config("broken"), resume: true })).toEqual(whole.slice(3));
  });

  it("makes several updates per sampling, the first at ratio 1, the others clipped", async () => {
    const steps = await collect(policy(), { ...short, beta: 0, updates: 4, lr: 0.05 });
    expect(new Set(steps.map(({ scalars }) => scalars.reward)).size).toBe(1);
    expect(steps[0]!.scalars.clipFraction).toBe(0);
    expect(steps[3]!.scalars.clipFraction).toBeGreaterThan(0);
  });

  it("goes on in the middle of a round with the answers that were sampled", async () => {
    const config = (name: string) => ({
      ...short,
      steps: 6,
      beta: 0,
      updates: 3,
      checkpoint: { folder: join(folder, name), everySteps: 2 },
    });
    const whole = await collect(policy(), config("whole"));
    const controller = new AbortController();
    const broken = collect(
      policy(),
      { ...config("broken"), signal: controller.signal },
      ({ type, step }) => {
        if (type === "step-end" && step === 4) controller.abort(new Error("stop"));
      },
    );
    await expect(broken).rejects.toThrow("stop");
    expect(await collect(policy(), { ...config("broken"), resume: true })).toEqual(whole.slice(4));
  });

  it.each([
    ["no reference", {}, "ERR_ARGUMENT"],
    [
      "several updates with accumulation",
      { beta: 0, updates: 2, gradientAccumulation: 2 },
      "ERR_ARGUMENT",
    ],
    [
      "rewards that are NaN",
      { beta: 0, reward: () => new Float64Array(8).fill(Number.NaN) },
      "ERR_NOT_FINITE",
    ],
    ["too few rewards", { beta: 0, reward: () => [1] }, "ERR_SHAPE"],
    ["batches of no prompts", { beta: 0, batchSize: 0 }, "ERR_RANGE"],
  ] as [string, Partial<GrpoConfig>, string][])("refuses %s", async (_, config, code) => {
    await expect(collect(policy(), { ...short, ...config })).rejects.toMatchObject({ code });
  });

  it("refuses no prompts", async () => {
    await expect(grpo(policy(), [], { ...short, beta: 0 }).next()).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});
