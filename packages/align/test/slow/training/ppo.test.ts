import { manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { type Answer, guardStepRewards, type StepCredit } from "../../../src";
import { collect, mean, short } from "../../support/ppo";
import { tinyModel } from "../../support/tiny-model";

beforeEach(() => {
  setBackend("js");
  manualSeed(1);
});

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
