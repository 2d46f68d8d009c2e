import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { type DpoEvent, dpo, evaluatePreferences } from "../../src";
import { countingPairs } from "../support/pairs";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => setBackend("js"));

describe("evaluatePreferences", () => {
  it("measures what a training reports at its end", async () => {
    const [model, reference] = [tinyModel(1, 20), tinyModel(1, 20)];
    const [pairs, heldOut] = [countingPairs(8), countingPairs(6, 8)];
    let last: DpoEvent | undefined;
    const config = {
      reference,
      steps: 3,
      lr: 1e-3,
      evaluation: { everySteps: 3, pairs: heldOut },
    };
    for await (const event of dpo(model, pairs, config))
      if (event.type === "eval-end") last = event;
    const { loss, scalars } = await evaluatePreferences(model, heldOut, { reference });
    expect(last).toMatchObject({ loss, scalars });
    expect(scalars.kl).toBeGreaterThan(0);
  });

  it("needs no reference where the loss has none", async () => {
    const model = tinyModel(1, 20);
    const { scalars } = await evaluatePreferences(model, countingPairs(4), { referenceFree: true });
    expect(scalars.kl).toBeUndefined();
    expect(scalars.chosenReward).toBeLessThan(0);
  });

  it("refuses a missing reference and no pairs", async () => {
    const model = tinyModel(1, 20);
    expect(() => evaluatePreferences(model, countingPairs(2))).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
    await expect(evaluatePreferences(model, [], { referenceFree: true })).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});
