import { describe, expect, it } from "vitest";
import { labelQuality } from "../../src/evaluate/label-quality";

describe("labelQuality", () => {
  it("counts right hard labels and the loss of soft ones, from the first n completions", () => {
    const steps = [
      { hits: [false, true, true, true], isGood: true },
      { hits: [false, false, false, true], isGood: false },
    ];
    const [one, two, four] = labelQuality(steps, [1, 2, 4]);
    expect(one).toEqual({
      n: 1,
      hardAccuracy: 0.5,
      softLoss: expect.closeTo(-(Math.log(0.25) + Math.log(0.75)) / 2, 12),
    });
    expect(two!.hardAccuracy).toBe(1);
    expect(four!.hardAccuracy).toBe(0.5);
    expect(four!.softLoss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.7)) / 2, 12);
  });

  it("refuses no steps, and more completions than there are", () => {
    expect(() => labelQuality([], [1])).toThrow(/no steps/);
    expect(() => labelQuality([{ hits: [true], isGood: true }], [2])).toThrow(/completions/);
  });
});
