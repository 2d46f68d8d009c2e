import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLine } from "../../src/statistics/line";
import { fitParabola, parabolaAt, vertexOf } from "../../src/statistics/parabola";
import { centralInterval, quantile } from "../../src/statistics/quantile";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("fitLine", () => {
  it("solves a case worked by hand: (0,1), (1,2), (2,4) gives 1.5·x + 5/6", () => {
    const { slope, intercept } = fitLine([0, 1, 2], [1, 2, 4]);
    expect([slope, intercept]).toBeAllclose([1.5, 5 / 6]);
  });

  it("ignores points of weight 0", () => {
    const { slope, intercept } = fitLine([0, 1, 5], [1, 3, 100], [1, 1, 0]);
    expect([slope, intercept]).toBeAllclose([2, 1]);
  });
});

describe("fitParabola", () => {
  it("solves a case worked by hand: (0,1), (1,0), (2,0), (3,1) gives (x² − 3x + 2)/2 moved to 1, 0, 0, 1", () => {
    const parabola = fitParabola([0, 1, 2, 3], [1, 0, 0, 1]);
    expect([parabola.c2, vertexOf(parabola), parabolaAt(parabola, 0)]).toBeAllclose([0.5, 1.5, 1]);
  });

  it("finds any parabola from points on it, also far from 0", () => {
    fc.assert(
      fc.property(number(-60, 60), number(0.05, 20), number(-5, 5), (vertex, curvature, level) => {
        const x = [-1.2, -0.7, 0, 0.4, 1.5].map((offset) => vertex + offset);
        const y = x.map((value) => level + curvature * (value - vertex) ** 2);
        const parabola = fitParabola(x, y);
        expect([vertexOf(parabola), parabola.c2, parabolaAt(parabola, vertex)]).toBeAllclose(
          [vertex, curvature, level],
          { rtol: 1e-7, atol: 1e-7 },
        );
      }),
    );
  });
});

describe("quantile", () => {
  it("interpolates between neighbours", () => {
    expect([0, 0.25, 0.5, 1].map((p) => quantile([1, 2, 3, 5], p))).toEqual([1, 1.75, 2.5, 5]);
  });

  it("gives the central 95 % of 0 to 1000", () => {
    const draws = Array.from({ length: 1001 }, (_, i) => 1000 - i);
    const { lower, upper } = centralInterval(draws, 0.95);
    expect([lower, upper]).toBeAllclose([25, 975]);
  });
});
