import { manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import type { Answer } from "../../../src";
import { collect, policy, short } from "../../support/grpo";

beforeEach(() => {
  setBackend("js");
  manualSeed(1);
});

describe("grpo", () => {
  it("raises the reward of what it samples", async () => {
    const steps = await collect(policy(), {
      ...short,
      steps: 30,
      groupSize: 8,
      reference: policy(),
    });
    const mean = (from: number, to: number) =>
      steps.slice(from, to).reduce((sum, { scalars }) => sum + scalars.reward!, 0) / (to - from);
    expect(mean(25, 30)).toBeGreaterThan(mean(0, 5) + 0.2);
    expect(steps[0]!.scalars.kl).toBeCloseTo(0, 5);
    expect(steps[0]!.scalars.length).toBe(4);
    expect(steps.at(-1)!.scalars.kl).toBeGreaterThan(0);
  });

  it("learns from the rewards of steps", async () => {
    const reward = (answers: readonly Answer[]) =>
      answers.map(({ ids }) => ({
        ends: ids.map((_, t) => t),
        rewards: ids.map((id) => (id < 6 ? 0.25 : 0)),
      }));
    const steps = await collect(policy(), { ...short, steps: 30, groupSize: 8, beta: 0, reward });
    const mean = (from: number, to: number) =>
      steps.slice(from, to).reduce((sum, { scalars }) => sum + scalars.reward!, 0) / (to - from);
    expect(mean(25, 30)).toBeGreaterThan(mean(0, 5) + 0.2);
  });
});
