import { describe, expect, it } from "vitest";
import { createAnswerChecker } from "../../src/answers/answer-checker";
import { answerKey } from "../../src/answers/answer-key";
import { answerPairs } from "../support/answer-pairs";

const checker = createAnswerChecker({ format: "math", mode: "symbolic" });

describe("answers compared by value", () => {
  it("are equal exactly where they are written alike, and vote together exactly then (6,000 pairs)", () => {
    const pairs = answerPairs(6000);
    expect(pairs.length).toBeGreaterThanOrEqual(6000);
    expect(pairs.filter(({ equal }) => !equal).length).toBeGreaterThanOrEqual(0.4 * pairs.length);
    const wrong = pairs.filter(
      ({ a, b, equal }) =>
        checker.equal(a, b) !== equal ||
        checker.equal(b, a) !== equal ||
        (checker.key(a) === checker.key(b)) !== equal,
    );
    expect(wrong).toEqual([]);
  });

  it("vote together exactly where the checker says equal, also across forms", () => {
    const answers = answerPairs(400).map(({ a }) => ({ a, key: checker.key(a) }));
    for (const { a, key } of answers.slice(0, 20))
      for (const other of answers) expect(checker.equal(a, other.a)).toBe(key === other.key);
  });

  it.each([
    ["5\\text{cm}^2", "5"],
    ["5\\,\\text{cm}^2", "5"],
    ["5\\mbox{ cm}^2", "5"],
    ["5 \\mathrm{cm}^3", "5"],
    ["4\\text{ km}/\\text{h}", "4"],
    ["2+\\sqrt{13}\\text{cm}^2", "2+\\sqrt{13}"],
    ["5\\text{ or }3", "3, 5"],
    ["2\\sqrt[3]{2}", "\\sqrt[3]{16}"],
    ["\\sqrt[3]{-8}", "-2"],
    ["2\\sqrt {3}", "2\\sqrt{3}"],
    ["(x+1)(x-1)", "x^2-1"],
    ["12π", "12\\pi"],
    ["√2", "\\sqrt{2}"],
    ["(−∞, ½)", "(-\\infty, \\frac{1}{2})"],
    ["x²", "x^2"],
    ["3×4", "12"],
    ["10\\,000", "10,000"],
    ["\\log_2 8", "3"],
    ["\\sin^2 x+\\cos^2 x", "1"],
    ["1e3", "1000"],
    ["\\binom{5}{2}", "10"],
    ["\\text{No solution}", "no solution"],
    ["f(x) = 2x", "2x"],
    ["\\emptyset", "\\{\\}"],
    ["(25\\%, \\pm 3)", "(25, 3), (25, -3)"],
  ])("%j is %j", (a, b) => {
    expect(answerKey(a)).toBe(answerKey(b));
    expect(checker.equal(a, b)).toBe(true);
  });

  it.each([
    ["5\\text{cm}^2", "25"],
    ["5 \\mathrm{cm}^3", "125"],
    ["2+\\sqrt{13}\\text{cm}^2", "15"],
    ["5\\text{ or }3", "5"],
    ["−5", "5"],
    ["1011_2", "1011"],
    ["\\sqrt{x^2}", "x"],
    ["xy", "x+y"],
    ["\\text{even}", "\\text{odd}"],
    ["(1,2)", "\\{1,2\\}"],
    ["12345678901", "12345678902"],
  ])("%j is not %j", (a, b) => {
    expect(answerKey(a)).not.toBe(answerKey(b));
    expect(checker.equal(a, b)).toBe(false);
  });

  it("asks the algebra system only where an answer is no expression", () => {
    const asked: string[] = [];
    const algebra = (a: string, b: string) => asked.push(`${a} ${b}`) > 0;
    const { check } = createAnswerChecker({ format: "math", mode: "symbolic", algebra });
    expect(check("\\boxed{2}", "3")).toMatchObject({ correct: false, method: "exact" });
    expect(check("\\boxed{1:2}", "2:4")).toMatchObject({ correct: true, method: "cas" });
    expect(asked).toEqual(["1:2 2:4"]);
  });

  it("reads Unicode in the mode of string rules too", () => {
    const { check } = createAnswerChecker({ format: "math" });
    expect(check("\\boxed{12π}", "12 \\pi").correct).toBe(true);
    expect(check("\\boxed{−5}", "5").correct).toBe(false);
  });
});

describe("numbers in answers to word problems", () => {
  it.each([
    ["So \\boxed{18}", "18", true],
    ["The answer is \\boxed{18}.", "18", true],
    ["The answer is 18.", "18", true],
    ["the final answer is: $1,800", "1800", true],
    ["#### 1e3", "1000", true],
    ["#### 1e3", "1", false],
    ["#### 1e999999999", "5", false],
    ["#### −5", "-5", true],
    ["#### −5", "5", false],
    ["#### 3½", "3.5", true],
    ["\\boxed{\\frac{3}{4}}", "0.75", true],
    ["18", "18", false],
  ])("reads %j against %j as %j", (completion, gold, correct) => {
    expect(createAnswerChecker().check(completion, gold).correct).toBe(correct);
  });
});
