import { describe, expect, it } from "vitest";
import { chooseExperts } from "../../src/mixture/choose-experts";
import { commandPairs } from "../../src/mixture/commands";
import { createModel, sizeOf } from "../../src/mixture/pair";
import { kinds, sizes } from "../../src/mixture/pair-names";

describe("the two mixtures", () => {
  it("cost the same and are equally large, but for the routers", () => {
    const [coarse, fine] = [sizeOf("coarse"), sizeOf("fine")];
    expect(coarse.flops).toBe(fine.flops);
    expect(fine.weights - coarse.weights).toBe(2 * 48 * (31 - 8));
  });

  it.each(kinds)("are as the page says: %s", (kind) => {
    const model = createModel(kind, 1);
    for (const { config } of model.moeLayers.values())
      expect(config).toMatchObject({ experts: sizes[kind].experts, topK: sizes[kind].topK });
    model.dispose();
  });
});

describe("the task of act two", () => {
  it("holds out requests that are never trained on", () => {
    const { training, heldOut } = commandPairs();
    expect(training.length + heldOut.length).toBe(320);
    const seen = new Set(training.map(({ prompt }) => prompt));
    expect(heldOut.some(({ prompt }) => seen.has(prompt))).toBe(false);
  });

  it("takes the fewest experts whose shares reach p", () => {
    const scores = [
      [0.1, 0.45, 0.05, 0.4],
      [0.25, 0.25, 0.25, 0.25],
    ];
    expect(chooseExperts(scores, 0.5)).toEqual([
      [1, 3],
      [0, 1],
    ]);
  });
});
