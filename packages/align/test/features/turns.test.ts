import { Generator, memory, setBackend } from "@deepgrain/tensor-gpu";
import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { beforeEach, describe, expect, it } from "vitest";
import {
  dpo,
  evaluatePreferences,
  grpo,
  ppo,
  RewardModel,
  referenceLogps,
  sampleAnswers,
  trainReward,
  ValueModel,
} from "../../src";
import { markedPairs } from "../support/pairs";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => {
  setBackend("js");
});

const pairs = markedPairs(60);
const many = { steps: 5000, lr: 1e-3, batchSize: 2 };
const prompts = [[3, 4], [5]];
const reward = (answers: readonly unknown[]) => answers.map((_, i) => i % 2);
const sampling = { reward, groupSize: 2, maxNewTokens: 2 };

describe("a signal that a timer on the same thread raises", () => {
  it.each<[string, (signal: AbortSignal) => AsyncIterable<unknown> | Promise<unknown>]>([
    [
      "evaluatePreferences",
      (signal) =>
        evaluatePreferences(tinyModel(1, 20), pairs, { referenceFree: true, batchSize: 1, signal }),
    ],
    [
      "referenceLogps",
      (signal) => referenceLogps(tinyModel(1, 20), pairs, { batchSize: 1, signal }),
    ],
    ["dpo", (signal) => dpo(tinyModel(1, 20), pairs, { ...many, referenceFree: true, signal })],
    [
      "trainReward",
      (signal) => trainReward(new RewardModel(tinyModel(1, 20)), pairs, { ...many, signal }),
    ],
    [
      "grpo",
      (signal) => grpo(tinyModel(1, 20), prompts, { ...many, ...sampling, beta: 0, signal }),
    ],
    [
      "ppo",
      (signal) =>
        ppo(new ValueModel(tinyModel(1, 20)), prompts, {
          ...many,
          ...sampling,
          klCoefficient: 0,
          signal,
        }),
    ],
    [
      "sampleAnswers",
      (signal) =>
        sampleAnswers(tinyModel(1, 20), prompts, { maxNewTokens: 100, eosTokenId: null, signal }),
    ],
  ])("ends %s before its last item", async (_, run) => {
    const { error, reason, items } = await stoppedByTimer(run);
    expect(error).toBe(reason);
    expect(items).toBeLessThan(many.steps);
  });
});

describe("two measurements at once", () => {
  const measured = async (seed: number) => {
    const model = new RewardModel(tinyModel(seed, 20), { generator: new Generator(seed) });
    const reference = await referenceLogps(model.model, pairs.slice(0, 8), { batchSize: 2 });
    model.dispose();
    return [Array.from(reference.chosen), Array.from(reference.rejected)];
  };

  it("give what each gives alone, and hold no scope open across a turn", async () => {
    const alone = [await measured(1), await measured(2)];
    const { bytes } = memory();
    expect(await Promise.all([measured(1), measured(2)])).toEqual(alone);
    expect(memory().bytes).toBeLessThanOrEqual(bytes); // what earlier tests left may go meanwhile
  });
});
