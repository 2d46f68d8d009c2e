import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora, createRandom } from "@deepgrain/lm";
import { Generator, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type GrpoConfig,
  RewardLearner,
  RewardModel,
  scoreAnswers,
  trainPointwiseReward,
} from "../../src";
import { withReplay } from "../../src/training/reward-learner";
import { collect, policy, short } from "../support/grpo";
import { tinyModel } from "../support/tiny-model";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const weight = "model.layers.0.mlp.up_proj.weight";
const isLow = (answers: readonly Answer[]) => answers.map(({ ids }) => (ids[0]! < 6 ? 1 : 0));
const newJudge = () => new RewardModel(tinyModel(5, 12), { generator: new Generator(8) });
const train = { steps: 3, lr: 1e-2, batchSize: 4 };

describe("iterations", () => {
  it("replace the reference with the policy that begins them, so that its KL starts from 0", async () => {
    const reference = policy();
    const kept = await collect(policy(), { ...short, steps: 5, reference: policy() });
    const steps = await collect(policy(), {
      ...short,
      steps: 5,
      reference,
      iterations: { rounds: 2 },
    });
    expect(steps.map(({ scalars }) => Math.abs(scalars.kl!) < 1e-6)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(kept[2]!.scalars.kl).toBeGreaterThan(1e-4);
    expect(await reference.readWeight(weight)).not.toEqual(await policy().readWeight(weight));
  });

  it("give each iteration's answers to what learns from them", async () => {
    const learned: [number, number][] = [];
    const learn = async (answers: readonly Answer[], iteration: number) =>
      void learned.push([iteration, answers.length]);
    await collect(policy(), { ...short, steps: 5, beta: 0, iterations: { rounds: 2, learn } });
    expect(learned).toEqual([
      [1, 16],
      [2, 16],
    ]);
  });

  it("go on after a stop to the same steps, reference and reward model included", async () => {
    const config = (name: string): GrpoConfig => {
      const learner = new RewardLearner(newJudge(), { judge: isLow, train });
      return {
        ...short,
        steps: 6,
        reference: policy(),
        reward: learner.reward,
        iterations: { rounds: 2, learn: learner.learn },
        checkpoint: { folder: join(folder, name), everySteps: 1, parts: learner.parts },
      };
    };
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

  it("refuse a reference that cannot be replaced, and no rounds", async () => {
    const lora = (model: ReturnType<typeof policy>) => attachLora(model, { rank: 2 });
    const model = policy();
    const fixed = {
      ...short,
      lora: lora(model),
      iterations: { rounds: 1, replaceReference: true },
    };
    await expect(collect(model, fixed)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    const none = { ...short, beta: 0, iterations: { rounds: 0 } };
    await expect(collect(policy(), none)).rejects.toMatchObject({ code: "ERR_RANGE" });
  });
});

describe("withReplay", () => {
  it("adds one old sample to nine new ones, none twice", () => {
    const [fresh, old] = [18, 50].map((n) => Array.from({ length: n }, (_, i) => `${n}/${i}`));
    const mixed = withReplay(fresh!, old!, { random: createRandom([1]).next });
    expect(mixed.slice(0, 18)).toEqual(fresh);
    expect(new Set(mixed.slice(18)).size).toBe(2);
    expect(mixed.slice(18).every((one) => old!.includes(one))).toBe(true);
  });

  it("takes what is there, and nothing at a share of 0", () => {
    const random = createRandom([1]).next;
    expect(withReplay([1, 2], [3], { share: 0.9, random })).toEqual([1, 2, 3]);
    expect(withReplay([1, 2], [3], { share: 0, random })).toEqual([1, 2]);
    expect(() => withReplay([1], [2], { share: 1, random })).toThrow(/share/);
  });
});

describe("trainPointwiseReward", () => {
  const judged = Array.from({ length: 24 }, (_, i) => ({
    promptIds: [1 + (i % 3)],
    ids: [i % 2 ? 9 : 4],
    label: i % 2,
  }));

  it("learns verdicts, and scores answers whatever their neighbours are", async () => {
    const model = newJudge();
    const accuracies: number[] = [];
    for await (const event of trainPointwiseReward(model, judged, { ...train, steps: 30 }))
      if (event.type === "step-end") accuracies.push(event.scalars.accuracy!);
    expect(accuracies.at(-1)).toBe(1);
    const scores = await scoreAnswers(model, judged, { batchSize: 5 });
    expect(scores.map((score) => (score > 0 ? 1 : 0))).toEqual(judged.map(({ label }) => label));
    const [alone] = await scoreAnswers(model, [judged[1]!]);
    expect(alone).toBeCloseTo(scores[1]!, 5);
  });

  it("refuses no answers and labels that are no probabilities", async () => {
    const run = (answers: typeof judged) => trainPointwiseReward(newJudge(), answers, train).next();
    await expect(run([])).rejects.toMatchObject({ code: "ERR_MISSING" });
    await expect(run([{ ...judged[0]!, label: 2 }])).rejects.toMatchObject({ code: "ERR_RANGE" });
  });
});
