import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rotaryPairsToHalves } from "../../src/files/rotary-rows";

/** Rotates one head at a position: component `first(i)` with component `second(i)` by the i-th angle. */
function rotate(
  head: number[],
  position: number,
  first: (i: number) => number,
  second: (i: number) => number,
): number[] {
  const out = [...head];
  for (let i = 0; i < head.length / 2; i++) {
    const angle = position * 10000 ** ((-2 * i) / head.length);
    const [x, y] = [head[first(i)]!, head[second(i)]!];
    out[first(i)] = x * Math.cos(angle) - y * Math.sin(angle);
    out[second(i)] = x * Math.sin(angle) + y * Math.cos(angle);
  }
  return out;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => value * b[i]!).reduce((sum, value) => sum + value, 0);

describe("rotary row order", () => {
  it("moves even rows of a head to its first half and odd rows to its second", () => {
    const weight = Float32Array.from({ length: 16 }, (_, i) => i);
    const halves = rotaryPairsToHalves(weight, { heads: 2, headSize: 4 });
    expect([...halves]).toEqual([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
  });

  it("gives the same attention scores under the other rotation", () => {
    const headSize = 8;
    const columns = 3;
    const numbers = (length: number) =>
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: length, maxLength: length });
    const weights = numbers(2 * headSize * columns);
    fc.assert(
      fc.property(weights, weights, numbers(columns), fc.nat(50), fc.nat(50), (wq, wk, x, m, n) => {
        const project = (w: ArrayLike<number>, head: number) =>
          Array.from({ length: headSize }, (_, row) =>
            dot(
              x,
              Array.from({ length: columns }, (_, c) => w[(head * headSize + row) * columns + c]!),
            ),
          );
        const sizes = { heads: 2, headSize };
        const [q, k] = [wq, wk].map((w) => rotaryPairsToHalves(Float32Array.from(w), sizes));
        for (const head of [0, 1]) {
          const pairs = (h: number[], at: number) =>
            rotate(
              h,
              at,
              (i) => 2 * i,
              (i) => 2 * i + 1,
            );
          const halves = (h: number[], at: number) =>
            rotate(
              h,
              at,
              (i) => i,
              (i) => i + headSize / 2,
            );
          const before = dot(pairs(project(wq, head), m), pairs(project(wk, head), n));
          const after = dot(halves(project(q!, head), m), halves(project(k!, head), n));
          expect([after]).toBeAllclose([before], { rtol: 1e-9, atol: 1e-6 });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("refuses odd heads and rows that do not divide into heads", () => {
    for (const sizes of [
      { heads: 2, headSize: 3 },
      { heads: 3, headSize: 2 },
      { heads: 0, headSize: 2 },
    ])
      expect(() => rotaryPairsToHalves(new Float32Array(8), sizes)).toThrow(
        expect.objectContaining({ code: "ERR_SHAPE" }),
      );
  });
});
