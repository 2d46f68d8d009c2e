import { describe, expect, it } from "vitest";
import { cellSize } from "../../src/gpu/cell";
import { sourceOf, withIndices } from "../../src/gpu/program-source";

const program = {
  key: "double",
  arrays: ["x"],
  numbers: ["offset"],
  body: "value = 2 * at(x, offset + e);",
};

describe("sourceOf", () => {
  it("computes four elements a texel, or one a cell, of the same formula", () => {
    const packed = sourceOf(program, true);
    expect(packed).toContain("return [r0, r1, r2, r3];");
    expect(packed).toContain("value = 2 * at(x, offset + e);");
    const scalar = sourceOf(program, false);
    expect(scalar).toContain("value = 2 * x[offset + e];");
    for (const source of [packed, scalar]) expect(source).toMatch(/^function \(x, offset\)/);
  });

  it("is JavaScript that gives the formula's values", () => {
    const run = new Function("thread", "output", "x", "offset", "self", "at", body(program, true));
    const x = [10, 11, 12, 13, 14, 15];
    const at = (array: number[], place: number) => array[place] ?? 0;
    const self = { thread: { x: 1, y: 0 }, output: { x: 2 } };
    expect(run.call(self, null, null, x, 0, self, at)).toEqual([28, 30, 0, 0]);
    const single = new Function("x", "offset", body(program, false));
    expect(single.call({ thread: { x: 1, y: 1 }, output: { x: 2 } }, x, 1)).toBe(28);
  });
});

const body = (given: typeof program, isPacked: boolean) => {
  const source = sourceOf(given, isPacked);
  return source.slice(source.indexOf("{") + 1, source.lastIndexOf("}"));
};

describe("withIndices", () => {
  it("turns reads into indices, brackets and reads inside them too", () => {
    expect(withIndices("a = at(x, (i + 1) * n) + at(y, at(places, first + i));")).toBe(
      "a = x[(i + 1) * n] + y[places[first + i]];",
    );
    expect(withIndices("format(x, 1) + at( x , 2 )")).toBe("format(x, 1) + x[2]");
    expect(withIndices("value = 1;")).toBe("value = 1;");
  });
});

describe("cellSize", () => {
  it("holds the texels with little waste, never in a single row of several", () => {
    for (const count of [0, 1, 2, 3, 4, 5, 16, 17, 100, 1023, 4097, 2 ** 20 + 1, 2 ** 22]) {
      const [width, height] = cellSize(count);
      expect(width * height).toBeGreaterThanOrEqual(Math.max(1, count));
      expect(width * height).toBeLessThan(count + 2 * width + 1);
      expect(Math.max(width, height)).toBeLessThanOrEqual(2048);
      if (width > 1) expect(height).toBeGreaterThan(1);
    }
  });
});
