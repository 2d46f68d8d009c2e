import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chrF,
  evaluatePredictions,
  exactMatch,
  intentMatch,
  judgeScore,
  officialAnswer,
  rougeL,
} from "../src";
import { taskMetrics } from "../src/metrics/evaluate-predictions";
import { intentText } from "../src/metrics/intent-match";

const answer = '{"intent": "Alarm-Update", "slots": {"time": "下午3点", "days": ["17号", "18号"]}}';

describe("intentMatch", () => {
  it.each([
    [answer, 1],
    [`${answer}。\n\nUser: more`, 1],
    [`\`\`\`json\n${answer}\n\`\`\``, 1],
    ['{"slots": {"days": ["18号", "17 号"], "time": "下午 3点"}, "intent": "Alarm-Update"}', 1],
    [answer.replace("下午3点", "下午4点"), 0],
    [answer.replace("Alarm-Update", "Alarm-Delete"), 0],
    ['{"intent": "Alarm-Update"}', 0],
    ['{"intent": "Alarm-Update", "slots": {"time": 3}}', 0],
    ['{"intent": "Alarm-Update", "slots": []}', 0],
    ["```json\nopen", 0],
    ["[]", 0],
    ["", 0],
  ])("marks %j with %i", (prediction, mark) => {
    expect(intentMatch(prediction, answer)).toBe(mark);
  });

  it("takes the first line inside a fence and drops full stops of both kinds", () => {
    expect(intentText(" ```json\n{1}\n{2}\n``` ")).toBe("{1}");
    expect(intentText("..{1}.。")).toBe("{1}");
    expect(intentMatch('{"intent": "x"}', '{"intent": "x"}')).toBe(1);
  });

  it("refuses a reference that is not an intent", () => {
    expect(() => intentMatch(answer, "nope")).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT" }),
    );
    expect(() => intentMatch(answer, '{"slots": 1}')).toThrow(/must be JSON with intent and slots/);
  });
});

describe("rougeL", () => {
  it("is the F1 of the longest common subsequence", () => {
    // Lin 2004, section 3.1: "police killed the gunman" against two candidates.
    expect(rougeL("police kill the gunman", "police killed the gunman")).toBeCloseTo(0.75);
    expect(rougeL("the gunman kill police", "police killed the gunman")).toBeCloseTo(0.5);
    expect(rougeL("a b c d e", "a c e")).toBeCloseTo((2 * 3) / 8);
  });

  it("counts Han characters as words and looks at neither case nor punctuation", () => {
    expect(rougeL("我爱北京。", "我爱上海")).toBeCloseTo(0.5);
    expect(rougeL("Yes, THE end!", "yes the end")).toBe(1);
    expect(rougeL("", "a")).toBe(0);
    expect(rougeL("...", "...")).toBe(0);
  });
});

describe("chrF", () => {
  it("averages precision and recall of n-grams over their orders", () => {
    // "abc" against "abd": unigrams 2/3, bigrams 1/2, trigrams 0.
    const mean = (2 / 3 + 1 / 2 + 0) / 3;
    expect(chrF("abc", "abd")).toBeCloseTo(mean);
    // "ab" against "abc": precision 1 and 1; recall 2/3 and 1/2.
    const recall = (2 / 3 + 1 / 2) / 2;
    expect(chrF("ab", "abc")).toBeCloseTo((5 * recall) / (4 + recall));
    expect(chrF("ab", "abc", { beta: 1 })).toBeCloseTo((2 * recall) / (1 + recall));
  });

  it("is 1 for equal texts, whatever the spaces, and 0 without anything in common", () => {
    expect(chrF("a b\nc", "ab c")).toBe(1);
    expect(chrF("abc", "xyz")).toBe(0);
    expect(chrF("", "x")).toBe(0);
    expect(() => chrF("a", "b", { maxOrder: 0 })).toThrow(
      /maxOrder must be a whole number of at least 1/,
    );
  });

  it("lies between 0 and 1 and, with β = 1, is the same both ways", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const value = chrF(a, b, { beta: 1 });
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        expect(chrF(b, a, { beta: 1 })).toBeCloseTo(value, 10);
        expect(rougeL(b, a)).toBeCloseTo(rougeL(a, b), 10);
      }),
    );
  });
});

describe("other marks", () => {
  it("match exactly up to white space and Unicode form", () => {
    expect(exactMatch(" a  b\n", "a b")).toBe(1);
    expect(exactMatch("e\u0301", "\u00e9")).toBe(1);
    expect(exactMatch("a", "A")).toBe(0);
  });

  it.each([
    ["内容准确性扣1分,总分是：7.5分", 0.75],
    ["Content accuracy 8 points, total score: 6 points", 0.6],
    ["I give it 9/10.", 0.9],
    ["no mark", undefined],
    ["total 50/10", undefined],
  ])("find the judge's mark in %j", (text, mark) => {
    expect(judgeScore(text)).toBe(mark);
  });

  it("count the best of several references", () => {
    const { scores, mean } = evaluatePredictions(["a", "b"], [["x", "a"], ["c"]], "exact");
    expect(scores).toEqual([1, 0]);
    expect(mean).toBe(0.5);
    expect(evaluatePredictions([answer], [[answer]], taskMetrics.intent!).mean).toBe(1);
    expect(evaluatePredictions(["ab"], [["ab"]], taskMetrics.translation!).mean).toBe(1);
    expect(evaluatePredictions(["ab"], [["ab"]], (p, r) => p.length / r.length / 2).mean).toBe(0.5);
    expect(() => evaluatePredictions(["a"], [], "exact")).toThrow(/as many references/);
    expect(() => evaluatePredictions(["a"], [[]], "exact")).toThrow(
      /prediction 0 must have a reference/,
    );
    expect(() => evaluatePredictions([], [], "exact")).toThrow(/no predictions/);
  });

  it("reads a translation up to the first blank line, as its official evaluation, and other answers whole", () => {
    const output = "Good.\n\nUser: blah blah blah\n\nAssistant: blah";
    const marks = (task: string) =>
      evaluatePredictions([officialAnswer(task, output)], [["Good."]], "chrf").mean;
    expect(marks("translation")).toBe(1);
    expect(marks("summary")).toBeLessThan(0.6);
    expect(officialAnswer("law", output)).toBe(output);
  });
});
