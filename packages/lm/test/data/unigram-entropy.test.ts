import { describe, expect, it } from "vitest";
import { unigramEntropy } from "../../src";

describe("unigramEntropy", () => {
  it("is ln n for n equally frequent tokens and 0 for one", () => {
    expect(unigramEntropy([5, 6, 7, 8])).toBeCloseTo(Math.log(4), 12);
    expect(unigramEntropy([3, 3, 3])).toBeCloseTo(0, 12);
  });

  it("refuses to count nothing", () => {
    expect(() => unigramEntropy([])).toThrow("no tokens");
  });
});
