import { expect, it } from "vitest";
import type { ArithmeticOp, CompareOp } from "../../../../src/backend/kernels";
import { seededRandom, uniforms } from "../numbers";
import { DIFFERENCE, FUNCTION, ROUNDING } from "../tolerances";
import type { Bench } from "./bench";
import { differences } from "./differences";
import { UNARY_FORMULAS } from "./formulas";

const ARITHMETIC: [ArithmeticOp, number[], number[]][] = [
  // of [7, -7, 7, -7, 6] and [3, 3, -3, -3, 2]: as floats, as int32
  ["add", [10, -4, 4, -10, 8], [10, -4, 4, -10, 8]],
  ["sub", [4, -10, 10, -4, 4], [4, -10, 10, -4, 4]],
  ["mul", [21, -21, -21, 21, 12], [21, -21, -21, 21, 12]],
  ["div", [7 / 3, -7 / 3, -7 / 3, 7 / 3, 3], [2, -2, -2, 2, 3]],
  ["pow", [343, -343, 1 / 343, -1 / 343, 36], [343, -343, 0, 0, 36]],
  ["maximum", [7, 3, 7, -3, 6], [7, 3, 7, -3, 6]],
  ["minimum", [3, -7, -3, -7, 2], [3, -7, -3, -7, 2]],
  ["remainder", [1, 2, -2, -1, 0], [1, 2, -2, -1, 0]],
];
const COMPARE: [CompareOp, number[]][] = [
  // of [1, 2, 3, NaN] and [2, 2, 2, NaN]
  ["eq", [0, 1, 0, 0]],
  ["ne", [1, 0, 1, 1]],
  ["lt", [1, 0, 0, 0]],
  ["le", [1, 1, 0, 0]],
  ["gt", [0, 0, 1, 0]],
  ["ge", [0, 1, 1, 0]],
];

export function elementwiseFacts({ kernels, floats, ints, bools, empty, read }: Bench): void {
  it.each(ARITHMETIC)("%s of 7 and 3 with either sign", async (op, asFloats, asInts) => {
    const [a, b] = [
      [7, -7, 7, -7, 6],
      [3, 3, -3, -3, 2],
    ];
    const [y, z] = [empty([5]), empty([5], "int32")];
    kernels.arithmetic(op, y, floats([5], a), floats([5], b));
    expect(await read(y)).toBeAllclose(asFloats, FUNCTION);
    kernels.arithmetic(op, z, ints([5], a), ints([5], b));
    expect(await read(z)).toEqual(asInts);
  });
  it("1 to any power is 1, and so are x⁰ and (−1)^±∞", async () => {
    const [infinity, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
    const y = empty([5]);
    const [a, b] = [
      [1, 1, nan, -1, -1],
      [nan, infinity, 0, infinity, -infinity],
    ];
    kernels.arithmetic("pow", y, floats([5], a), floats([5], b));
    expect(await read(y)).toEqual([1, 1, 1, 1, 1]);
  });
  it("float32 beyond int32 becomes the nearest int32, NaN becomes 0", async () => {
    const z = empty([5], "int32");
    const infinity = Number.POSITIVE_INFINITY;
    kernels.copy(z, floats([5], [3e9, -3e9, infinity, -infinity, Number.NaN]));
    const [largest, smallest] = [2 ** 31 - 1, -(2 ** 31)];
    expect(await read(z)).toEqual([largest, smallest, largest, smallest, 0]);
  });
  it("int32 division by zero gives 0 and does not stop", async () => {
    for (const op of ["div", "remainder"] as const) {
      const z = empty([2], "int32");
      kernels.arithmetic(op, z, ints([2], [5, -5]), ints([2], [0, 0]));
      expect(await read(z)).toEqual([0, 0]);
    }
  });
  it.each(COMPARE)("%s of numbers below, equal, above and NaN", async (op, expected) => {
    const z = empty([4], "bool");
    const [a, b] = [floats([4], [1, 2, 3, Number.NaN]), floats([4], [2, 2, 2, Number.NaN])];
    kernels.compare(op, z, a, b);
    expect(await read(z)).toEqual(expected);
  });
  it("where chooses, fill fills, copy transposes and truncates, addScaled adds", async () => {
    const y = empty([2, 3]);
    kernels.where(y, bools([2, 3], [1, 0, 1, 0, 1, 0]), floats([2, 3], [1, 2, 3, 4, 5, 6]), {
      ...floats([3], [-1, -2, -3]),
      shape: [2, 3],
      strides: [0, 1],
      size: 6,
    });
    expect(await read(y)).toEqual([1, -2, 3, -1, 5, -3]);
    const transposed = { ...y, shape: [3, 2], strides: [1, 3] };
    const z = empty([3, 2], "int32");
    kernels.copy(z, transposed);
    expect(await read(z)).toEqual([1, -1, -2, 5, 3, -3]);
    kernels.copy(z, floats([3, 2], [1.9, -1.9, 0.5, -0.5, 0, 7]));
    expect((await read(z)).map((x) => x + 0)).toEqual([1, -1, 0, 0, 0, 7]);
    kernels.addScaled(y, floats([2, 3], [1, 2, 3, 4, 5, 6]), -2);
    expect(await read(y)).toBeAllclose([-1, -6, -3, -9, -5, -15], ROUNDING);
    kernels.fill(y, 2.5);
    expect(await read(y)).toEqual([2.5, 2.5, 2.5, 2.5, 2.5, 2.5]);
  });
  it("swiglu and its gradient follow the formula", async () => {
    const random = seededRandom("swiglu");
    const [gates, ups, dys] = [uniforms(random, 10), uniforms(random, 10), uniforms(random, 10)];
    const silu = (x: number) => UNARY_FORMULAS.silu(x, 0);
    const formula = (gate: readonly number[], up: readonly number[]) =>
      gate.map((g, i) => silu(g) * up[i]!);
    const [gate, up, dy] = [floats([2, 5], gates), floats([2, 5], ups), floats([2, 5], dys)];
    const [y, dgate, dup] = [empty([2, 5]), empty([2, 5]), empty([2, 5])];
    kernels.swiglu(y, gate, up);
    expect(await read(y)).toBeAllclose(formula(gates, ups), FUNCTION);
    kernels.swigluGrad(dgate, dup, dy, gate, up);
    const expectedGate = differences((x) => formula(x, ups), gates, dys);
    expect(await read(dgate)).toBeAllclose(expectedGate, DIFFERENCE);
    const expectedUp = differences((x) => formula(gates, x), ups, dys);
    expect(await read(dup)).toBeAllclose(expectedUp, DIFFERENCE);
  });
}
