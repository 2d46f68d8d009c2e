import { setBackend } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type RolloutEngine, repetitionRatio } from "../src";
import { isEndless, repeatedPeriod } from "../src/repetition";
import { tinyModel } from "./support/tiny-model";

beforeEach(() => setBackend("js"));

describe("repeatedPeriod", () => {
  it.each([
    [[1, 2, 3, 4, 5], null],
    [[9, 5, 5, 5], 1],
    [[9, 5, 5], null],
    [[7, 1, 2, 1, 2, 1, 2], 2],
    [[1, 2, 3, 1, 2, 3, 1, 2], null],
    [[4, 4, 1, 4, 4, 1, 4, 4, 1], 3],
  ])("finds in %j the cycle %j", (ids, period) => {
    expect(repeatedPeriod(ids)).toBe(period);
  });

  it("finds no longer cycle than the one that was repeated", () => {
    const part = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(part, part, (head, cycle) => {
        const period = repeatedPeriod([...head, ...cycle, ...cycle, ...cycle])!;
        expect(period).toBeGreaterThan(0);
        expect(period).toBeLessThanOrEqual(cycle.length);
      }),
    );
  });

  it("can ask for more repeats and for shorter cycles", () => {
    expect(repeatedPeriod([5, 5, 5], { times: 4 })).toBeNull();
    expect(repeatedPeriod([1, 2, 1, 2, 1, 2], { longestPeriod: 1 })).toBeNull();
    expect(() => repeatedPeriod([1], { times: 1 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("isEndless", () => {
  it("counts answers that ended as not endless, whatever they end with", () => {
    expect(isEndless({ ids: [5, 5, 5], isComplete: false })).toBe(true);
    expect(isEndless({ ids: [5, 5, 5], isComplete: true })).toBe(false);
  });
});

describe("repetitionRatio", () => {
  it("is the share of prompts whose answer never ends and goes in circles", async () => {
    const engine: RolloutEngine = async (_, prompts) =>
      prompts.map(([first]) =>
        first === 1 ? [4, 4, 4, 4] : first === 2 ? [4, 4, 4, 0] : [4, 5, 6, 7],
      );
    const options = { engine, maxNewTokens: 4, eosTokenId: 0 };
    expect(await repetitionRatio(tinyModel(1, 12), [[1], [2], [3], [1]], options)).toBe(0.5);
  });

  it("takes the likeliest tokens of the model", async () => {
    const model = tinyModel(1, 12);
    const options = { maxNewTokens: 40 };
    const once = await repetitionRatio(model, [[1, 2], [3]], options);
    expect(once).toBe(await repetitionRatio(model, [[1, 2], [3]], options));
  });

  it("refuses no prompts", async () => {
    await expect(repetitionRatio(tinyModel(1, 12), [])).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});
