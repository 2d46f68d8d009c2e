import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digitField, labelOf, levelsOf } from "../../src/federated/digit";
import { LEVELS, PIXELS, SIDE, unpackDigits } from "../../src/federated/digits";
import { drawnDigit } from "../../src/federated/draw";

const bytes = readFileSync(new URL("../../recorded/digits.bin", import.meta.url));
const { test } = unpackDigits(new Uint8Array(bytes));
const levels = (digit: string) => levelsOf(digit, test);

/** The middle of a picture's ink. */
function centre(digit: string) {
  const ink = levels(digit);
  const mass = ink.reduce((sum, level) => sum + level, 0);
  const mean = (place: (pixel: number) => number) =>
    ink.reduce((sum, level, pixel) => sum + level * (place(pixel) + 0.5), 0) / mass;
  return [mean((pixel) => pixel % SIDE), mean((pixel) => Math.floor(pixel / SIDE))] as const;
}

const place = fc.record({
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("a drawn digit", () => {
  it("is nothing without a stroke, and a spot where there is a dot", () => {
    expect(drawnDigit([])).toBe("");
    expect(drawnDigit([[]])).toBe("");
    const dot = levels(drawnDigit([[{ x: 0.9, y: 0.1 }]]));
    expect(dot.filter((level) => level > 0)).toHaveLength(4);
    expect(dot[7 * SIDE + 7]).toBeGreaterThan(0);
  });

  it("has its middle in the middle, wherever it is drawn, and is as large as those of MNIST", () => {
    const line = (x: number, height: number) =>
      drawnDigit([
        [
          { x, y: 0.1 },
          { x, y: 0.1 + height },
        ],
      ]);
    expect(line(0.2, 0.3)).toBe(line(0.8, 0.8));
    const rows = levels(line(0.5, 0.5)).map((level, i) => (level > 0 ? Math.floor(i / SIDE) : -1));
    expect([Math.min(...rows.filter((row) => row >= 0)), Math.max(...rows)]).toEqual([2, 11]);
  });

  it("is a picture whatever is drawn", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(place, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        (strokes) => {
          const digit = drawnDigit(strokes);
          expect(digitField("").read(digit)).toEqual({ value: digit });
          const ink = levels(digit);
          expect(ink).toHaveLength(PIXELS);
          expect(Math.max(...ink)).toBeGreaterThan(0);
          for (const middle of centre(digit)) expect(Math.abs(middle - SIDE / 2)).toBeLessThan(1);
        },
      ),
    );
  });
});

describe("a digit in an address", () => {
  const { read } = digitField("9-40");

  it("is a test picture or a drawn one", () => {
    expect(read("9-3")).toEqual({ value: "9-3" });
    expect(labelOf("9-3")).toBe(9);
    const [row] = [...test.labels.keys()].filter((at) => test.labels[at] === 9);
    const pixels = test.inputs.subarray((row! + 3) * PIXELS, (row! + 4) * PIXELS);
    expect(levels("9-3")).toHaveLength(PIXELS);
    expect(Math.max(...levels("9-3"))).toBeLessThanOrEqual(LEVELS);
    expect(levels("9-3").filter((level) => level === 0)).toHaveLength(
      pixels.filter((value) => value === Math.min(...pixels)).length,
    );
    const black = "f".repeat(PIXELS);
    expect(read(black)).toEqual({ value: black });
    expect(labelOf(black)).toBeNull();
    expect(levels(black)).toEqual(Array(PIXELS).fill(LEVELS));
  });

  it.each(["", "9", "9-60", "10-1", "9-", "a-1", "f".repeat(PIXELS - 1), "g".repeat(PIXELS)])(
    "is refused as “%s”",
    (text) => {
      expect(read(text)).toEqual({ expected: "such as 9-3, or 196 hexadecimal digits" });
    },
  );
});
