import { manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { beforeEach, describe, expect, it } from "vitest";
import { type Answer, type GrpoConfig, groupAdvantages, grpo, type RolloutRow } from "../../src";
import { collect, lowTokens, policy, prompts, short } from "../support/grpo";

beforeEach(() => {
  setBackend("js");
  manualSeed(1);
});

const weightsOf = async (config: Partial<GrpoConfig>) => {
  const model = policy();
  const steps = await collect(model, { ...short, steps: 1, beta: 0, ...config });
  const weights = await model.readWeight("model.layers.0.mlp.up_proj.weight");
  return { steps, weights };
};
const length = (answers: readonly Answer[]) => answers.map(({ ids }) => ids.length);

describe("several rewards", () => {
  it("trains on their weighted sum and reports each", async () => {
    const named = await weightsOf({
      reward: { low: lowTokens, length: { reward: length, weight: 0.5 } },
    });
    const alone = await weightsOf({
      reward: (answers) => {
        const low = lowTokens(answers);
        return length(answers).map((n, i) => 0.5 * n + low[i]!);
      },
    });
    expect(named.weights).toEqual(alone.weights);
    const { scalars } = named.steps[0]!;
    expect(scalars.reward).toBeCloseTo(scalars["reward.low"]! + 0.5 * scalars["reward.length"]!, 6);
  });

  it.each([
    ["no rewards", {}, "ERR_MISSING"],
    ["a weight that is NaN", { low: { reward: lowTokens, weight: Number.NaN } }, "ERR_RANGE"],
    ["what is no function", { low: 1 }, "ERR_ARGUMENT"],
    [
      "rewards of steps beside others",
      {
        low: lowTokens,
        steps: (all: readonly Answer[]) => all.map(() => ({ ends: [0], rewards: [1] })),
      },
      "ERR_ARGUMENT",
    ],
  ])("refuses %s", async (_, reward, code) => {
    await expect(weightsOf({ reward: reward as never })).rejects.toMatchObject({ code });
  });
});

describe("groups without variance", () => {
  it("are counted, skipped without a reference, and change no gradient", async () => {
    const forPrompt = (answers: readonly Answer[]) =>
      answers.map(({ prompt, ids }) => (prompt === 1 ? 1 : ids[0]! / 12));
    let seen = 0;
    const { steps, weights } = await weightsOf({ batchSize: 3, reward: forPrompt });
    const model = policy();
    const forward = model.forward.bind(model);
    model.forward = (batch, options) => {
      if (options) seen = batch.batch; // The pass of the loss, which has options.
      return forward(batch, options);
    };
    await collect(model, { ...short, steps: 1, beta: 0, batchSize: 3, reward: forPrompt });
    expect(steps[0]!.scalars.equalGroups).toBe(1);
    expect(seen).toBe(8); // Of twelve answers.
    // With a reference, all answers are in the pass; without a KL their gradient is the same.
    const tiny = await weightsOf({
      batchSize: 3,
      reward: forPrompt,
      beta: 1e-12,
      reference: policy(),
    });
    expect(tiny.weights.data).toBeAllclose(weights.data, { rtol: 1e-3, atol: 1e-5 });
  });

  it("leave the weights as they are where all groups are equal", async () => {
    const { steps, weights } = await weightsOf({ reward: (answers) => answers.map(() => 1) });
    expect(steps[0]!.scalars.equalGroups).toBe(2);
    expect(steps[0]!.loss).toBe(0);
    const before = await policy().readWeight("model.layers.0.mlp.up_proj.weight");
    expect(weights.data).toBeAllclose(before.data, { rtol: 0, atol: 0.02 });
    expect(steps[0]!.gradNorm).toBe(0);
  });
});

describe("truncated answers", () => {
  it("are counted, and with maskTruncated out of the loss but in the group's mean", async () => {
    const answers = new Map([
      [0, [7]],
      [1, [5, 5]],
    ]);
    const engine = async (_: unknown, asked: readonly unknown[]) =>
      asked.map((_, i) => answers.get(i % 2)!);
    const common = {
      engine,
      eosTokenId: 7,
      maxNewTokens: 2,
      groupSize: 2,
      batchSize: 1,
      reward: (all: readonly Answer[]) => all.map(({ ids }) => (ids[0] === 7 ? 0 : 1)),
    };
    const plain = await weightsOf(common);
    const masked = await weightsOf({ ...common, maskTruncated: true });
    expect(plain.steps[0]!.scalars.truncated).toBe(0.5);
    // Advantages are ±1/√2; at ratio 1 the loss is minus their mean over both answers.
    const [a] = groupAdvantages([0, 1], 2);
    expect(plain.steps[0]!.loss).toBeCloseTo(0, 6);
    expect(masked.steps[0]!.loss).toBeCloseTo(-a! / 2, 5);
    const all = await weightsOf({ ...common, maskTruncated: true, eosTokenId: 9 });
    expect(all.steps[0]!.loss).toBeCloseTo(0, 9);
  });
});

describe("held-out evaluation", () => {
  it("measures its own prompts with its own rewards, every few steps and at the end", async () => {
    const ends: Extract<FitEvent, { type: "eval-end" }>[] = [];
    const asked: number[] = [];
    const config = {
      ...short,
      steps: 3,
      beta: 0,
      evaluation: {
        everySteps: 2,
        prompts: [[9], [8], [10]],
        groupSize: 2,
        promptsPerCall: 2,
        reward: {
          low: lowTokens,
          asked: (answers: readonly Answer[]) => {
            asked.push(...answers.map(({ prompt }) => prompt));
            return answers.map(() => 2);
          },
        },
      },
    };
    for await (const event of grpo(policy(), prompts, config))
      if (event.type === "eval-end") ends.push(event);
    expect(ends.map(({ step }) => step)).toEqual([2, 3]);
    expect(asked.slice(0, 6)).toEqual([0, 0, 1, 1, 2, 2]);
    for (const { loss, scalars } of ends) {
      expect(scalars.reward).toBeCloseTo(2 + scalars["reward.low"]!, 6);
      expect(scalars["reward.asked"]).toBe(2);
      expect(loss).toBe(-scalars.reward!);
      expect(scalars.length).toBe(4);
      expect(scalars.truncated).toBe(1);
    }
  });

  it("refuses no prompts and unknown settings", async () => {
    const evaluation = { everySteps: 1, prompts: [], reward: lowTokens };
    await expect(weightsOf({ evaluation })).rejects.toMatchObject({ code: "ERR_RANGE" });
    const other = { ...evaluation, prompts: [[1]], every: 2 };
    await expect(weightsOf({ evaluation: other })).rejects.toThrow(/unknown option/);
  });
});

describe("the rollout log", () => {
  it("holds prompt, place in the group, text, tokens, log-probability, entropy, reward and advantage", async () => {
    const rows: RolloutRow[] = [];
    const decode = (ids: readonly number[]) => ids.join(" ");
    const { steps } = await weightsOf({ log: { write: (all) => void rows.push(...all), decode } });
    expect(rows).toHaveLength(8);
    expect(rows.map(({ group }) => group)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(new Set(rows.map(({ prompt_id }) => prompt_id)).size).toBe(2);
    const first = rows.slice(0, 4);
    const wanted = groupAdvantages(
      first.map(({ reward }) => reward),
      4,
    );
    for (const [i, { text, tokens, logp, entropy, advantage, round }] of first.entries()) {
      expect(text).toBe(tokens.join(" "));
      expect(advantage).toBeCloseTo(wanted[i]!, 9);
      expect(logp).toBeLessThan(0);
      expect(entropy).toBeGreaterThan(0);
      expect(entropy).toBeLessThanOrEqual(Math.log(12));
      expect(round).toBe(0);
    }
    const mean = rows.reduce((sum, { reward }) => sum + reward, 0) / 8;
    expect(steps[0]!.scalars.reward).toBeCloseTo(mean, 9);
    const tokens = rows.reduce((sum, row) => sum + row.tokens.length, 0);
    const entropy = rows.reduce((sum, row) => sum + row.entropy * row.tokens.length, 0) / tokens;
    expect(steps[0]!.scalars.entropy).toBeCloseTo(entropy, 5);
  });
});
