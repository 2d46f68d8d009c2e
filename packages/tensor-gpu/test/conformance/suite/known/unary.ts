import { expect, it } from "vitest";
import { UNARY_DOMAINS, UNARY_OPS } from "../cases/unary";
import { seededRandom, uniforms } from "../numbers";
import { DIFFERENCE, FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { differences } from "./differences";
import { UNARY_FORMULAS } from "./formulas";

const COUNT = 24;

export function unaryFacts({ kernels, floats, empty, read }: Bench): void {
  it.each(UNARY_OPS)("%s and its gradient follow the formula", async (op) => {
    const { low, high, parameters } = UNARY_DOMAINS[op];
    for (const parameter of parameters) {
      const random = seededRandom(op);
      const [xs, dys] = [uniforms(random, COUNT, low, high), uniforms(random, COUNT)];
      const formula = (values: readonly number[]) =>
        values.map((x) => UNARY_FORMULAS[op](x, parameter));
      const [x, dy] = [floats([COUNT], xs), floats([COUNT], dys)];
      const [y, dx] = [empty([COUNT]), empty([COUNT])];
      kernels.unary(op, y, x, parameter);
      expect(await read(y), `${op}(x, ${parameter})`).toBeAllclose(formula(xs), FORMULA);
      kernels.unaryGrad(op, dx, dy, x, y, parameter);
      const expected = xs.flatMap((value, i) => differences(formula, [value], [dys[i]!]));
      expect(await read(dx), `${op}'(x, ${parameter})`).toBeAllclose(expected, DIFFERENCE);
    }
  });

  it("gradients at corners are PyTorch's", async () => {
    const [x, dy, dx] = [floats([1], [0]), floats([1], [2]), empty([1])];
    const at0 = async (
      op: "abs" | "relu" | "leakyRelu" | "elu" | "powScalar",
      parameter: number,
    ) => {
      const y = empty([1]);
      kernels.unary(op, y, x, parameter);
      kernels.unaryGrad(op, dx, dy, x, y, parameter);
      return (await read(dx))[0];
    };
    expect(await at0("abs", 0)).toBeCloseTo(0, 10);
    expect(await at0("relu", 0)).toBeCloseTo(0, 10);
    expect(await at0("leakyRelu", 0.25)).toBe(0.5);
    expect(await at0("elu", 1.5)).toBe(3);
    expect(await at0("powScalar", 2)).toBeCloseTo(0, 10);
    expect(await at0("powScalar", 0)).toBeCloseTo(0, 10);
    expect(await at0("powScalar", 1)).toBe(2);
  });

  it("round goes to the even neighbour, floor down, ceil up", async () => {
    const values = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, 2.6, -2.6, 2 ** 23 + 1, 1e20];
    const [x, y] = [floats([values.length], values), empty([values.length])];
    const of = async (op: "round" | "floor" | "ceil") => {
      kernels.unary(op, y, x, 0);
      return (await read(y)).map((value) => value + 0); // -0 counts as 0
    };
    const [even, huge] = [2 ** 23 + 1, Math.fround(1e20)];
    expect(await of("round")).toEqual([0, 2, 2, 0, -2, -2, 2, 3, -3, even, huge]);
    expect(await of("floor")).toEqual([0, 1, 2, -1, -2, -3, 2, 2, -3, even, huge]);
    expect(await of("ceil")).toEqual([1, 2, 3, 0, -1, -2, 3, 3, -2, even, huge]);
  });
}
