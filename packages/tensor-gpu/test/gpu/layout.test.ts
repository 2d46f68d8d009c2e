import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { View } from "../../src/backend/view";
import { mergedAxes, placementOf } from "../../src/gpu/layout";
import { placesOf } from "../../src/gpu/strided";
import { elementOffsets } from "../../src/js/strides";

const view = (shape: number[], strides: number[], offset = 0): View => ({
  storage: { handle: 0 },
  shape,
  strides,
  offset,
  dtype: "float32",
  size: shape.reduce((a, b) => a * b, 1),
});

/** The kernel's answer for element `e`: its place in row-major order, or undefined outside the view. */
function placeOf(given: View, length: number, e: number): number | undefined {
  const placement = placementOf(given, length);
  if (placement.kind === "whole") return e;
  if (placement.kind === "span") {
    const i = e - placement.offset;
    return i >= 0 && i < placement.size ? i : undefined;
  }
  let rest = e - placement.offset;
  let i = 0;
  if (rest < 0) return undefined;
  for (const { length: n, stride, step } of placement.axes) {
    const place = Math.floor(rest / stride);
    if (place >= n) return undefined;
    rest -= place * stride;
    i += (step < 0 ? n - 1 - place : place) * Math.abs(step);
  }
  return rest > 0 ? undefined : i;
}

describe("placementOf", () => {
  it("finds each element of a view in its block, and nothing else", () => {
    const axis = fc.record({
      n: fc.integer({ min: 1, max: 4 }),
      gap: fc.nat(2),
      back: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(axis, { maxLength: 3 }),
        fc.nat(3),
        fc.boolean(),
        (axes, start, turn) => {
          // Strides from the inside out, then the axes perhaps in another order, as transposing leaves them.
          let stride = 1;
          let offset = start;
          const built = [...axes].reverse().map(({ n, gap, back }) => {
            const own = back ? -stride : stride;
            if (back) offset += stride * (n - 1);
            stride = stride * n + gap;
            return { n, own };
          });
          const ordered = turn ? built : [...built].reverse();
          const given = view(
            ordered.map(({ n }) => n),
            ordered.map(({ own }) => own),
            offset,
          );
          const length = start + stride + 3;
          const places = elementOffsets(given);
          for (let e = 0; e < length; e++) {
            const index = places.indexOf(e);
            expect(placeOf(given, length, e)).toBe(index < 0 ? undefined : index);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
  it("knows a view that is its whole block, and one that is a part in a row", () => {
    expect(placementOf(view([2, 3], [3, 1]), 6)).toEqual({ kind: "whole" });
    expect(placementOf(view([2, 3], [3, 1], 1), 8)).toEqual({ kind: "span", offset: 1, size: 6 });
  });
});

describe("mergedAxes", () => {
  it("joins what all operands walk through without a break", () => {
    const axes = mergedAxes(
      [2, 1, 3, 4],
      [
        [12, 99, 4, 1],
        [0, 5, 0, 0],
      ],
    );
    expect(axes).toEqual([{ length: 24, strides: [1, 0] }]);
    expect(
      mergedAxes(
        [2, 3],
        [
          [3, 1],
          [1, 2],
        ],
      ),
    ).toHaveLength(2);
  });
});

describe("placesOf", () => {
  it("gives statements that find the elements of every view", () => {
    const [a, b] = [view([2, 3, 2], [12, 2, 1], 5), view([2, 3, 2], [0, 1, 3])];
    const { head, numbers } = placesOf([a, b], a.shape);
    const quotient = (x: number, y: number) => Math.floor(x / y);
    const find = new Function("i", "quotient", ...Object.keys(numbers), `${head} return [p0, p1];`);
    const [first, second] = [elementOffsets(a), elementOffsets(b)];
    for (let i = 0; i < a.size; i++)
      expect(find(i, quotient, ...Object.values(numbers))).toEqual([first[i], second[i]]);
  });
});
