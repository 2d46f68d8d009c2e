import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareMeasures, exactFlopsPerToken, flopsPerToken } from "../../src/index";

describe("flopsPerToken", () => {
  it("gives M of DeepSeek LLM 7B and 67B, whose products with 2T tokens are their budgets", () => {
    const small = flopsPerToken({ layers: 30, width: 4096, sequenceLength: 4096 });
    const large = flopsPerToken({ layers: 95, width: 8192, sequenceLength: 4096 });
    expect([small, large]).toBeAllclose([4.2279e10, 4.9728e11], { rtol: 1e-4 });
    expect([small * 2e12, large * 2e12]).toBeAllclose([8.46e22, 9.95e23], { rtol: 1e-3 });
  });

  it("is the sum worked by hand: L=1, d=2, S=3 gives 72·4 + 12·2·3 = 360", () => {
    expect(flopsPerToken({ layers: 1, width: 2, sequenceLength: 3 })).toBe(360);
  });

  it("refuses a shape with a number that is not above 0, naming it", () => {
    expect(() => flopsPerToken({ layers: 1, width: Number.NaN, sequenceLength: 3 })).toThrow(
      expect.objectContaining({
        code: "ERR_RANGE",
        message: "scaling-laws/flopsPerToken: width must be a finite number above 0, got NaN",
      }),
    );
  });
});

describe("compareMeasures", () => {
  // DeepSeek LLM's comparison at V = 102,400 and S = 4096: M, 6N1/M, 6N2/M (0.857 is printed as 0.85).
  it.each([
    [8, 512, 352e6, 0.43, 1.32],
    [12, 768, 963e6, 0.53, 1.02],
    [24, 1024, 3.02e9, 0.6, 0.81],
    [24, 2048, 9.66e9, 0.75, 0.88],
    [32, 4096, 45.1e9, 0.85, 0.91],
    [40, 5120, 85.6e9, 0.88, 0.92],
    [80, 8192, 419e9, 0.92, 0.94],
  ])("gives the paper's row for %i layers of width %i", (layers, width, model, n1, n2) => {
    const row = compareMeasures({ layers, width, sequenceLength: 4096, vocab: 102_400 });
    expect([row.M]).toBeAllclose([model], { rtol: 5e-3 });
    expect([row.ratioN1, row.ratioN2]).toBeAllclose([n1, n2], { rtol: 0, atol: 0.0075 });
  });

  it("puts N1 below M for every shape", () => {
    const size = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(size, size, size, size, (layers, width, sequenceLength, vocab) => {
        expect(compareMeasures({ layers, width, sequenceLength, vocab }).ratioN1).toBeLessThan(1);
      }),
    );
  });
});

describe("exactFlopsPerToken", () => {
  it("equals M where attention has width d and the feed-forward network 8d² parameters", () => {
    const [layers, width, sequenceLength] = [6, 96, 128];
    const nonEmbeddingParameters = layers * 12 * width ** 2;
    expect(
      exactFlopsPerToken({ nonEmbeddingParameters, layers, attentionWidth: width, sequenceLength }),
    ).toBe(flopsPerToken({ layers, width, sequenceLength }));
  });
});
