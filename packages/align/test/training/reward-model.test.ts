import { attachLora } from "@deepgrain/lm";
import { Generator, setBackend, tidy } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { beforeEach, describe, expect, it } from "vitest";
import { RewardModel, trainReward } from "../../src";
import { expectClose } from "../support/golden";
import { countingPairs, markedPairs } from "../support/pairs";
import { tinyModel } from "../support/tiny-model";

beforeEach(() => {
  setBackend("js");
});

const newModel = () => new RewardModel(tinyModel(3, 20), { generator: new Generator(8) });

describe("RewardModel", () => {
  it("scores a sequence at its last token, whatever padding stands behind it", () => {
    const model = newModel();
    tidy(() => {
      const alone = model.scores({ ids: [1, 5, 7], batch: 1, length: 3 }).itemSync();
      const padded = model.scores({
        ids: [1, 5, 7, 0, 0, 1, 2, 3, 4, 5],
        attentionMask: [1, 1, 1, 0, 0, 1, 1, 1, 1, 1],
        batch: 2,
        length: 5,
      });
      expectClose(padded.narrow(0, 0, 1), [alone]);
    });
  });

  it("refuses an option that its backbone does not have", () => {
    const options = { noSuchOption: 1 } as object;
    expect(() => newModel().scores({ ids: [1], batch: 1, length: 1 }, options)).toThrow(
      /unknown option/,
    );
  });
});

describe("trainReward", () => {
  it.each([false, true])(
    "learns which answer is preferred on held-out pairs, adapter %s",
    async (withLora) => {
      const model = newModel();
      if (withLora) attachLora(model.model, { rank: 4, generator: new Generator(4) });
      const events: FitEvent[] = [];
      const evaluation = { everySteps: 30, pairs: markedPairs(6, 14) };
      const config = { steps: 30, lr: 1e-2, batchSize: 7, center: 0.01, evaluation };
      for await (const event of trainReward(model, markedPairs(14), config)) events.push(event);
      const last = events.findLast((event) => event.type === "eval-end")!;
      expect(last.loss).toBeLessThan(Math.LN2);
      expect(last.scalars.accuracy).toBeGreaterThan(0.8);
      expect(last.scalars.margin!).toBeCloseTo(
        last.scalars.chosenReward! - last.scalars.rejectedReward!,
        4,
      );
    },
  );

  it("asks pairs with a margin to lead by it", async () => {
    const first = async (margin: number) => {
      const pairs = countingPairs(3).map((pair) => ({ ...pair, margin }));
      for await (const event of trainReward(newModel(), pairs, {
        steps: 1,
        lr: 1e-3,
        batchSize: 3,
      }))
        if (event.type === "step-end") return event.loss;
      throw new Error("there was no step");
    };
    expect(await first(3)).toBeGreaterThan((await first(0)) + 1.5);
  });

  it("refuses no pairs", async () => {
    const run = trainReward(newModel(), [], { steps: 1, lr: 1 }).next();
    await expect(run).rejects.toMatchObject({ code: "ERR_MISSING" });
  });
});
