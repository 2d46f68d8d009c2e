import { describe, expect, it } from "vitest";
import { accuracyReport, tailBounds } from "../../support/all";

describe("accuracyReport", () => {
  it("gives accuracy in all, per class and per group", () => {
    const labels = [0, 0, 1, 1, 2, 2, 3, 3];
    const predictions = [0, 0, 1, 0, 2, 2, 0, 0];
    const report = accuracyReport(predictions, labels, {
      classes: 4,
      bounds: { headEnd: 1, middleEnd: 2 },
    });
    expect(report).toEqual({
      accuracy: 5 / 8,
      perClass: [1, 0.5, 1, 0],
      head: 1,
      middle: 0.5,
      tail: 0.5,
    });
  });

  it("leaves classes without examples out of group means", () => {
    const { perClass, tail } = accuracyReport([2], [2], {
      classes: 4,
      bounds: { headEnd: 1, middleEnd: 2 },
    });
    expect(perClass[3]).toBeNaN();
    expect(tail).toBe(1);
  });

  it("cuts ten classes at 3 and 7, as the released code does", () => {
    expect(tailBounds(10)).toEqual({ headEnd: 3, middleEnd: 7 });
    expect(tailBounds(100)).toEqual({ headEnd: 30, middleEnd: 70 });
    expect(tailBounds(1)).toEqual({ headEnd: 0, middleEnd: 0 });
  });

  it("refuses lengths that differ, and shares that overlap", () => {
    expect(() => accuracyReport([1], [], { classes: 2 })).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    expect(() => tailBounds(10, { head: 0.6, tail: 0.6 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});
