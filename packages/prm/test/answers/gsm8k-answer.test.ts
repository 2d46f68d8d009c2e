import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkAnswer, createAnswerChecker } from "../../src/answers/answer-checker";
import { extractGsm8k, extractMetamath, firstNumber } from "../../src/answers/gsm8k-answer";

describe("GSM8K answers", () => {
  it.each([
    ["So 9 * 2 = 18.\n#### 18", "18"],
    ["#### -1,234", "-1234"],
    ["#### 1 then #### 2", "2"],
    ["no marker 18", null],
    ["#### none", null],
  ])("reads %j officially as %j", (text, answer) => {
    expect(extractGsm8k(text)).toBe(answer);
  });

  it.each([
    ["The answer is: 1,234,567", "1234"],
    ["The answer is: $1,234.50", "1234"],
    ["The answer is: 3 1/2", "3"],
    ["The answer is: 17.6", "18"],
    ["The answer is: 16.5", "16"],
    ["The answer is: 7/2", "4"],
    ["The answer is: 7/0", "7"],
    ["The answer is: 1. The answer is: 2", "2"],
    ["18", null],
  ])("reads %j as MetaMath's code does, as %j", (text, answer) => {
    expect(extractMetamath(text)).toBe(answer);
  });

  it.each([
    ["$1,234,567.50 per year", "1234567.50"],
    ["3 1/2 cups", "3 1/2"],
    ["-3/4", "-3/4"],
    ["25\\%", "25"],
    ["18.", "18"],
    [".5 km", ".5"],
    ["none", null],
  ])("cleans %j to %j", (text, number) => {
    expect(firstNumber(text)).toBe(number);
  });

  it.each([
    ["#### 3 1/2", "3.5", true],
    ["#### $1,234.50", "1234.5", true],
    ["The answer is: 18", "Nine times two.\n#### 18", true],
    ["#### 17.6", "18", false],
    ["#### 0.333333", "1/3", true],
    ["#### 0.33", "1/3", false],
    ["nothing", "18", false],
  ])("grades %j against %j as %j", (completion, gold, correct) => {
    expect(checkAnswer(completion, gold).correct).toBe(correct);
  });

  it("accepts every spelling of one number", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_999_999, max: 9_999_999 }), (n) => {
        const { check } = createAnswerChecker();
        expect(check(`#### ${n.toLocaleString("en-US")}`, String(n)).correct).toBe(true);
        expect(check(`#### ${n}.00`, String(n)).correct).toBe(true);
        expect(check(`#### ${2 * n}/2`, String(n)).correct).toBe(true);
        expect(check(`#### ${n + 1}`, String(n)).correct).toBe(false);
      }),
    );
  });

  it.each([
    { format: "gsm" as never },
    { format: "gsm8k" as const, mode: "hendrycks" as const },
    { marker: "" },
  ])("refuses the options %j", (options) => {
    expect(() => createAnswerChecker(options)).toThrow(/prm\/createAnswerChecker/);
  });

  it("refuses a gold text without an answer", () => {
    expect(() => checkAnswer("#### 1", "unknown")).toThrow(/no answer in gold "unknown"/);
  });

  describe.skipIf(sharedIsMissing)("with GSM8K's model solutions", () => {
    const models = ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"];
    it.each(["exact-value", "official"] as const)(
      "reproduce all 1,600 recorded verdicts in mode %s",
      (mode) => {
        const checker = createAnswerChecker({ marker: "A: ", mode });
        const path = shared("data/math/gsm8k-model-solutions-400.jsonl");
        const rows = readFileSync(path, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
        const verdicts = rows.flatMap((row) =>
          models.map((model) => ({
            expected: row[model].is_correct,
            got: checker.check(row[model].solution, row.ground_truth).correct,
          })),
        );
        expect(verdicts).toHaveLength(1600);
        expect(verdicts.filter(({ expected, got }) => expected === got)).toHaveLength(1600);
      },
    );
  });
});
