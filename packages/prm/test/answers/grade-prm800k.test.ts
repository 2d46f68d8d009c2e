import { describe, expect, it } from "vitest";
import { answerKey } from "../../src/answers/answer-key";
import { equalExpressions } from "../../src/answers/equal-expressions";
import { gradePrm800k } from "../../src/answers/grade-prm800k";
import { latexToPlain } from "../../src/answers/latex-to-plain";
import { prm800kNormalForm } from "../../src/answers/prm800k-normal-form";

describe("PRM800K's grading", () => {
  it.each([
    ["\\frac{1}{2}", "1/2"],
    ["\\frac{x+1}{2}", "(x+1)/2"],
    ["3\\sqrt{2}", "3sqrt(2)"],
    ["\\sqrt[3]{5}", "(5)^(1/3)"],
    ["x^{10}", "x^10"],
    ["2\\pi r", "2pi r"],
    ["\\left(-\\infty,2\\right]\\cup[3,4)", "(-inf,2]U[3,4)"],
    ["5\\,\\text{m}", "5 m"],
    ["\\sin x", "sin x"],
  ])("turns %j into %j", (latex, plain) => {
    expect(latexToPlain(latex)).toBe(plain);
  });

  it.each([
    ["\\text{Even}", "even"],
    ["7 3/4", "7+3/4"],
    ["2 and 3", "2,3"],
    ["5 million", "5*10^6"],
    ["12 inches^2", "12"],
    ["1,234", "1234"],
    ["3.0", "3"],
    ["- 5", "-5"],
    ["45^\\circ", "45"],
    ["10,\\!000", "10000"],
  ])("writes %j as %j", (answer, form) => {
    expect(prm800kNormalForm(answer)).toBe(form);
  });

  it.each([
    ["\\frac{1}{2}", "1/2", true],
    ["\\frac{2}{4}", "1/2", false],
    ["0.5", "\\frac{1}{2}", true],
    ["4/2", "2", false],
    ["2(x+1)", "2x+2", true],
    ["x^2-1", "(x-1)(x+1)", true],
    ["(1,2)", "(1,2]", false],
    ["(1, 2)", "(1,2)", true],
    ["(\\sqrt{4}, x)", "(2, x)", false],
    ["2\\sqrt{2}", "\\sqrt{8}", true],
    ["3+4i", "4i+3", true],
    ["(1+i)^2", "2i", true],
    ["a+b+c", "c+b+a", false],
    ["x^{12}", "x^{12}", true],
    ["x^{12}", "x^{11}x", false],
    ["", "5", false],
    ["\\text{yes}", "no", false],
    ["\\sqrt{x^2}", "x", false],
    ["1e9999", "5", false],
  ])("grades %j against %j as %j", (given, gold, correct) => {
    expect(gradePrm800k(given, gold).correct).toBe(correct);
  });

  it("counts a missing answer as wrong", () => {
    expect(gradePrm800k(null, "5").correct).toBe(false);
  });

  it("says which comparison decided", () => {
    expect(gradePrm800k("2(x+1)", "2x+2").method).toBe("numeric");
    expect(gradePrm800k("1/2+1/2x", "(1+x)/2").method).toBe("numeric");
    expect(gradePrm800k("0.75", "1/2+1/4").method).toBe("exact");
    const cas = () => true;
    expect(gradePrm800k("|x|", "|-x|", { algebra: cas })).toEqual({ correct: true, method: "cas" });
  });

  it("is not delayed by towers of powers and long texts", () => {
    expect(equalExpressions("9**9**9**9", "9^9^9^8").equal).not.toBe(true);
    expect(equalExpressions("1+".repeat(400), "1").equal).toBeUndefined();
    expect(equalExpressions(`${"(".repeat(200)}1${")".repeat(200)}`, "1").equal).toBe(true);
    expect(equalExpressions("constructor", "__proto__").equal).not.toBe(true);
  });
});

describe("vote groups", () => {
  it.each([
    ["\\frac{7}{2}", "3.5"],
    ["2\\sqrt{3}", "\\sqrt{12}"],
    ["10\\text{ units}", "10"],
    ["\\text{Even}", "even"],
    ["x+1", "x + 1"],
  ])("put %j and %j together", (a, b) => {
    expect(answerKey(a)).toBe(answerKey(b));
  });

  it("keep different answers apart", () => {
    expect(
      new Set(["1", "1/2", "x", "2x", "\\sqrt{2}", "1.41"].map((a) => answerKey(a))).size,
    ).toBe(6);
  });
});
