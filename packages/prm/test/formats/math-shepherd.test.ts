import { sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMathShepherd, parseMathShepherd } from "../../src/formats/math-shepherd";
import { linesOf, rowsOf } from "../support/rows";

const shepherd = {
  input: "What? Step 1: a <<1+1=2>>2 ки\nStep 2: The answer is: 2 ки",
  label: "What? Step 1: a <<1+1=2>>2 +\nStep 2: The answer is: 2 -",
  task: "GSM8K",
};

describe("Math-Shepherd rows", () => {
  it("are read as problem, steps and labels", () => {
    expect(parseMathShepherd(shepherd)).toEqual({
      problem: "What?",
      steps: ["Step 1: a <<1+1=2>>2", "Step 2: The answer is: 2"],
      labels: [true, false],
      task: "GSM8K",
    });
  });

  it.each([
    [{ ...shepherd, task: 1 }, /task must be text/],
    [{ ...shepherd, label: shepherd.label.replace(" -", " ?") }, /tag 2 has no label/],
    [{ ...shepherd, label: shepherd.label.replace("What", "Why?") }, /differ before tag 1/],
    [{ ...shepherd, label: `${shepherd.label} +` }, /goes on after the last tag/],
    [{ ...shepherd, label: shepherd.label.slice(0, -1) }, /tag 2 has no label/],
    [
      { ...shepherd, input: shepherd.input.replace("Step 1", "step 1") },
      /must occur once, found 0/,
    ],
    [{ ...shepherd, input: `Step 1: ${shepherd.input}` }, /must occur once, found 2/],
    [
      { ...shepherd, input: shepherd.input.replace(" Step 1", "Step 1") },
      /a space must stand between/,
    ],
    [
      { input: "W ки? Step 1: a ки", label: "W +? Step 1: a +", task: "" },
      /tag inside the question/,
    ],
    [{ input: "W? Step 1: a", label: "W? Step 1: a", task: "" }, /last step has no tag/],
    [
      { input: "W? Step 1: a\nStep 2: b ки", label: "W? Step 1: a\nStep 2: b +", task: "" },
      /after step 1 has no tag/,
    ],
    [{ input: "W? Step 1: a ки\n ки", label: "W? Step 1: a +\n +", task: "" }, /step 2 is empty/],
    [7, /the row must be an object/],
  ])("are refused when malformed: %j", (row, message) => {
    expect(() => parseMathShepherd(row)).toThrow(message);
  });

  it("survive a round trip, tags in the text included", () => {
    const word = fc.stringMatching(/^[a-zки\u2060]{1,6}$/);
    fc.assert(
      fc.property(
        word,
        fc.array(fc.tuple(word, fc.boolean()), { minLength: 1 }),
        (problem, made) => {
          const row = {
            problem,
            steps: made.map(([text], i) => `Step ${i + 1}: ${text}`),
            labels: made.map(([, label]) => label),
            task: "MATH",
          };
          expect(parseMathShepherd(formatMathShepherd(row))).toEqual(row);
        },
      ),
    );
  });

  it("are not written without a first step, or with too few labels", () => {
    const row = { problem: "p", steps: ["a"], labels: [true], task: "" };
    expect(() => formatMathShepherd(row)).toThrow(/must begin with "Step 1:"/);
    expect(() => formatMathShepherd({ ...row, labels: [] })).toThrow(/as many labels, got 0/);
  });

  it.skipIf(sharedIsMissing)("of the samples are byte-equal after a round trip", async () => {
    const lines = linesOf("data/math/math-shepherd-samples.jsonl");
    const events = await rowsOf(lines.join("\n"), parseMathShepherd);
    expect(events.at(-1)).toEqual({ type: "rows-end", rows: 7, rejected: 0 });
    const written = events.flatMap((e) => (e.type === "row" ? [formatMathShepherd(e.value)] : []));
    expect(written).toEqual(lines.map((line) => JSON.parse(line)));
  });
});
