import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance } from "../../src/options/edit-distance";

describe("the edit distance", () => {
  it.each([
    ["", "", 0],
    ["", "steps", 5],
    ["step", "steps", 1],
    ["wieghtdecay", "weightdecay", 2],
    ["kitten", "sitting", 3],
  ])("of %j and %j is %i", (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
    expect(editDistance(b, a)).toBe(expected);
  });

  it("is at least the difference of lengths, and at most the longer length", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance === 0).toBe(a === b);
      }),
    );
  });
});
