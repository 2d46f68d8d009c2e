import type {} from "@deepgrain/vitest/allclose";
import { describe, expect, it } from "vitest";
import { createRandom, greedy, multinomial } from "../../src/generation";

const minus = Number.NEGATIVE_INFINITY;

describe("greedy", () => {
  it("picks the highest score, and the lowest id among equals", () => {
    expect(greedy(Float32Array.of(1, 3, 2))).toBe(1);
    expect(greedy(Float32Array.of(1, 3, 3))).toBe(1);
    expect(greedy(Float32Array.of(minus, minus, -9))).toBe(2);
  });
});

describe("multinomial", () => {
  it("inverts the cumulative distribution", () => {
    const logits = Float32Array.from([0.5, 0.25, 0.25], Math.log);
    const at = (value: number) => multinomial(logits, () => value);
    expect([at(0), at(0.49), at(0.51), at(0.74), at(0.76), at(1 - 2 ** -53)]).toEqual([
      0, 0, 1, 1, 2, 2,
    ]);
  });

  it("never picks a forbidden token", () => {
    const logits = Float32Array.of(minus, 0, minus);
    for (const value of [0, 0.5, 1 - 2 ** -53]) expect(multinomial(logits, () => value)).toBe(1);
  });

  it("draws in proportion to the softmax", () => {
    const random = createRandom(7);
    const logits = Float32Array.of(0, Math.log(2), Math.log(5), minus);
    const counts = new Float64Array(4);
    const draws = 20000;
    for (let i = 0; i < draws; i++) counts[multinomial(logits, random.next)]!++;
    const fourSigma = 4 * Math.sqrt(0.25 / draws);
    expect(counts.map((count) => count / draws)).toBeAllclose([1 / 8, 2 / 8, 5 / 8, 0], {
      atol: fourSigma,
    });
  });
});

describe("greedy and multinomial", () => {
  it("reject scores that leave no choice", () => {
    const wrong = [
      [Number.NaN, 1],
      [1, Number.NaN],
      [1, Number.POSITIVE_INFINITY],
      [minus, minus],
      [],
    ];
    for (const values of wrong) {
      const logits = Float32Array.from(values);
      const error = expect.objectContaining({ code: "ERR_RANGE" });
      expect(() => greedy(logits)).toThrow(error);
      expect(() => multinomial(logits, () => 0.5)).toThrow(error);
    }
  });
});
