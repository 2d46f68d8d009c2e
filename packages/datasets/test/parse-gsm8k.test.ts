import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect, gsm8k, parseGsm8k, parseGsm8kRecord } from "../src/index";

describe("parseGsm8kRecord", () => {
  it("takes steps, calculations and final answer apart", () => {
    const answer = "He has 2*3=$<<2*3=6>>6.\nThen 6+1,000 = <<6+1000=1006>>1,006.\n#### 1,006";
    expect(parseGsm8kRecord({ question: "How many?", answer })).toEqual({
      question: "How many?",
      answer,
      solution: "He has 2*3=$6.\nThen 6+1,000 = 1,006.",
      steps: [
        { text: "He has 2*3=$6.", calculations: [{ expression: "2*3", result: "6" }] },
        { text: "Then 6+1,000 = 1,006.", calculations: [{ expression: "6+1000", result: "1006" }] },
      ],
      finalAnswer: "1006",
      value: 1006,
    });
  });

  it.each([
    ["#### -3", -3],
    ["so\n#### 0.5", 0.5],
    ["so\n#### .25\n", 0.25],
  ])("reads the final answer of %j", (answer, value) => {
    expect(parseGsm8kRecord({ question: "", answer }).value).toBe(value);
  });

  it.each([
    null,
    {},
    { question: "a" },
    { question: "a", answer: "5" },
    { question: "a", answer: "#### x" },
    { question: "a", answer: "#### 1.5.5" },
    { question: "a", answer: "#### ," },
    { question: "a", answer: `#### ${"9".repeat(400)}` },
  ])("refuses %j", (record) => {
    expect(() => parseGsm8kRecord(record)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });

  it("reads what one pattern with backtracking reads", () => {
    const backtracking = /^([\s\S]*?)\n?#### *(-?[\d,]*\.?\d+)\s*$/;
    const piece = fc.constantFrom("#", "####", "\n", " ", ",", ".", "-", "7", "12", "a", "\t");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const answer = pieces.join("");
        const [, body, number] = backtracking.exec(answer) ?? [];
        const parse = () => parseGsm8kRecord({ question: "", answer });
        if (number === undefined) return void expect(parse).toThrow("no '####");
        const { finalAnswer, solution } = parse();
        expect(finalAnswer).toBe(number.replaceAll(",", ""));
        expect(solution).toBe(body!.split("\n").filter(Boolean).join("\n"));
      }),
    );
  });

  it("says on which line a record is wrong", () => {
    const good = JSON.stringify({ question: "q", answer: "#### 1" });
    expect(parseGsm8k(good)).toHaveLength(1);
    expect(() => parseGsm8k(`${good}\n{}`)).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", fields: { line: 2 } }),
    );
  });
});

describe.skipIf(sharedIsMissing)("gsm8k on the test set", () => {
  it("reads 1,319 problems with 4,282 calculations", async () => {
    const problems = await collect(gsm8k(shared("data/math/gsm8k-test.jsonl")));
    expect(problems).toHaveLength(1319);
    expect(problems.slice(0, 2).map(({ value }) => value)).toEqual([18, 3]);
    const calculations = problems.flatMap(({ steps }) =>
      steps.flatMap((step) => step.calculations),
    );
    expect(calculations).toHaveLength(4282);
    expect(problems.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(problems.some(({ solution }) => /<<|>>|####/.test(solution))).toBe(false);
  });
});
