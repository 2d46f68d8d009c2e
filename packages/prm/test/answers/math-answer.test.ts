import { describe, expect, it } from "vitest";
import { checkAnswer } from "../../src/answers/answer-checker";
import { extractBoxed, extractMarked } from "../../src/answers/math-answer";
import { equalMath, normalizeMath } from "../../src/answers/normalize-math";

describe("MATH answers", () => {
  it.each([
    ["\\boxed{1} and \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}"],
    ["\\fbox{7}", "7"],
    ["\\fbox{7} \\boxed{8}", "8"],
    ["\\boxed{\\text{{a}}", null],
    ["\\boxed 5", null],
    ["5", null],
  ])("finds in %j the boxed %j", (text, answer) => {
    expect(extractBoxed(text)).toBe(answer);
  });

  it.each([
    ["The answer is: 5.", "5"],
    ["The answer is: 1. The answer is: x+1.\nDone.", "x+1"],
    ["5", null],
  ])("finds in %j the marked %j", (text, answer) => {
    expect(extractMarked(text)).toBe(answer);
  });

  it.each([
    ["\\tfrac{1}{2} + \\frac1{72}", "\\\\frac{1}{2} + 2/3", false],
    ["10, 4, -2", "4, 10, -2", false],
    ["10\\text{ units}", "10 ", true],
    ["10", "\\$10", true],
    ["\\left(x-2\\right)\\left(x+2\\right)", "(x-2)(x+2)", true],
    ["0.1", ".1", true],
    ["10\\%", "10", true],
    ["\\sqrt4", "\\sqrt{4}", true],
    ["\\frac34i", "\\frac{3}{4}i", true],
    ["1/2", "\\frac{1}{2}", true],
    ["0.5", "\\frac12", true],
    ["k = 5", "5", true],
    ["90^\\circ", "90", true],
    ["x = 5 = y", "5", false],
    ["1\\text{ a}\\text{ b}", "1\\text{ a}\\text{ b}", true],
    ["1\\text{ a}\\text{ b}", "1", false],
  ])("compares %j and %j as %j", (a, b, equal) => {
    expect(equalMath(a, b)).toBe(equal);
    expect(equalMath(b, a)).toBe(equal);
  });

  it("treats missing answers as equal only to each other", () => {
    expect(equalMath(null, null)).toBe(true);
    expect(equalMath(null, "1")).toBe(false);
  });

  it("names what the rules cannot read", () => {
    expect(() => normalizeMath("\\sqrt")).toThrow(/a root of nothing/);
    expect(() => normalizeMath("\\frac")).toThrow(/a fraction of nothing/);
    expect(() => normalizeMath("1\\text{ a}\\text{ b}")).toThrow(/more than one unit/);
  });

  it.each([
    ["so \\boxed{\\frac12}", "0.5", "hendrycks", true],
    ["so \\boxed{(x+1)^2}", "x^2+2x+1", "hendrycks", false],
    ["so \\boxed{(x+1)^2}", "x^2+2x+1", "symbolic", true],
    ["The answer is: \\boxed{3}", "so \\boxed{3}", "hendrycks", true],
  ] as const)("grades %j against %j in mode %s as %j", (completion, gold, mode, correct) => {
    expect(checkAnswer(completion, gold, { format: "math", mode }).correct).toBe(correct);
  });
});
