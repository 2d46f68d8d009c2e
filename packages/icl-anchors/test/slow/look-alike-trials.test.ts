import { type CausalLM, createRandom } from "@deepgrain/lm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadShippedModel, lookAlikeTask, reweightTrial, siblingTrial } from "../../src";
import { blockTopics } from "../../src/tiny/block-task";

let model: CausalLM;
beforeAll(async () => {
  model = await loadShippedModel("look-alike");
});
afterAll(() => model.dispose());

it("re-weights on a drawn task: the loss falls, and the same random numbers give the same trial", async () => {
  let pauses = 0;
  const pause = async () => void pauses++;
  const trial = () => {
    const { next: random } = createRandom([1, 2]);
    return reweightTrial(model, lookAlikeTask, { random, queries: 40, epochs: 2, seed: 1, pause });
  };
  const found = await trial();
  expect(found.losses).toHaveLength(2);
  expect(pauses).toBe(3);
  for (const key of ["vanilla", "twoShots", "reweighted"] as const) {
    expect(found[key]).toBeGreaterThan(0.5);
    expect(found[key]).toBeLessThanOrEqual(1);
  }
  expect(await trial()).toEqual(found);
});

it("sees siblings closer than other pairs from the second block on", async () => {
  const { next: random } = createRandom([3, 1]);
  const layers = await siblingTrial(model, lookAlikeTask, { random, queries: 120 });
  expect(layers.map(({ layer }) => layer)).toEqual([1, 2, 3]);
  for (const { siblings, all, actualSiblings, actualAll } of layers.slice(1)) {
    expect(siblings).toBeLessThan(all / 2);
    expect(actualSiblings).toBeLessThan(actualAll);
  }
});

it("draws distinct topics, one the sibling of another where the task says so", () => {
  const { next: random } = createRandom([4]);
  const task = { ...lookAlikeTask, siblingRows: 1 };
  for (let i = 0; i < 20; i++) {
    const topics = blockTopics(task, 4, random);
    expect(new Set(topics).size).toBe(4);
    expect(topics).toContain(topics[0]! ^ 1);
  }
});
