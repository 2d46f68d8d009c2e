import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { type Answer, type RftConfig, type RftEvent, rft, sampleAnswers } from "../../src";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => setBackend("js"));

const prompts = [[1, 2], [3], [4, 5, 6]];
const isLow = (answers: readonly Answer[]) =>
  answers.map(({ ids }): number => (ids.slice(0, -1).every((id) => id < 6) ? 1 : 0));
const config: RftConfig = {
  reward: isLow,
  groupSize: 8,
  maxNewTokens: 4,
  eosTokenId: 11,
  sft: { sequenceLength: 16, padTokenId: 0, batchSize: 2, steps: 20, lr: 1e-2 },
};

async function collect(model: ReturnType<typeof tinyModel>, given: RftConfig) {
  const events: RftEvent[] = [];
  for await (const event of rft(model, prompts, given)) events.push(event);
  return events;
}

const rateOf = async (model: ReturnType<typeof tinyModel>) => {
  const options = { groupSize: 40, maxNewTokens: 4, eosTokenId: 11, seed: [99] };
  const answers = await sampleAnswers(model, prompts, options);
  return isLow(answers).reduce((sum, x) => sum + x, 0) / answers.length;
};

describe("rft", () => {
  it("keeps good answers once, trains on them, and gives more of them", async () => {
    const model = tinyModel(3, 12);
    const before = await rateOf(model);
    const events = await collect(model, config);
    const sampled = events.filter((event) => event.type === "sample-end").at(-1)!;
    expect(sampled).toMatchObject({ prompts: 3, answers: 24 });
    const started = events.find((event) => event.type === "round-start")!;
    expect(started.samples).toBe(sampled.accepted);
    expect(await rateOf(model)).toBeGreaterThan(before + 0.1);
  });

  it("samples later rounds from the trained policy", async () => {
    const events = await collect(tinyModel(3, 12), { ...config, rounds: 3 });
    const rewards = events.flatMap((event) => (event.type === "round-start" ? [event.reward] : []));
    expect(rewards).toHaveLength(3);
    expect(rewards[2]).toBeGreaterThan(rewards[0]!);
  });

  it("keeps one answer per prompt and key", async () => {
    const events = await collect(tinyModel(3, 12), {
      ...config,
      keyOf: ({ ids }) => String(ids.length),
      sft: { ...config.sft, steps: 1 },
    });
    const { accepted } = events.filter((event) => event.type === "sample-end").at(-1)!;
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThanOrEqual(3 * 4);
  });

  it.each([
    [
      "no accepted answer",
      { reward: (answers: readonly Answer[]) => answers.map(() => 0) },
      "ERR_MISSING",
    ],
    ["no rounds", { rounds: 0 }, "ERR_RANGE"],
    [
      "checkpoints over several rounds",
      { rounds: 2, sft: { ...config.sft, checkpoint: { folder: "x", everySteps: 1 } } },
      "ERR_ARGUMENT",
    ],
  ] as [string, Partial<RftConfig>, string][])("refuses %s", async (_, given, code) => {
    await expect(collect(tinyModel(3, 12), { ...config, ...given })).rejects.toMatchObject({
      code,
    });
  });

  it("refuses no prompts", async () => {
    await expect(rft(tinyModel(3, 12), [], config).next()).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});
