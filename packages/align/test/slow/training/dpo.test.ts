import { manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { collect, heldOut, ofType, policy, short } from "../../support/dpo";

beforeEach(() => {
  setBackend("js");
  manualSeed(1);
});

describe("dpo", () => {
  it("begins at log 2 with KL 0, then raises margins and accuracy on held-out pairs", async () => {
    const evaluation = { everySteps: 20, pairs: heldOut };
    const events = await collect(policy(), {
      ...short,
      steps: 40,
      reference: policy(),
      evaluation,
    });
    const [first] = ofType(events, "step-end");
    expect(first!.loss).toBeCloseTo(Math.LN2, 5);
    expect(first!.scalars.margin).toBeCloseTo(0, 5);
    expect(first!.scalars.kl).toBeCloseTo(0, 5);
    const last = ofType(events, "eval-end").at(-1)!;
    expect(last.step).toBe(40);
    expect(last.loss).toBeLessThan(Math.LN2);
    expect(last.scalars.accuracy).toBeGreaterThan(0.8);
    expect(last.scalars.kl).toBeGreaterThan(0);
    expect(last.scalars.margin!).toBeCloseTo(
      last.scalars.chosenReward! - last.scalars.rejectedReward!,
      4,
    );
  });
});
