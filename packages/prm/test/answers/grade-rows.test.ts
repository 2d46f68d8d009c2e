import { describe, expect, it } from "vitest";
import { createRowGrader } from "../../src/answers/grade-rows";
import { readRows } from "../../src/formats/read-rows";

const row = {
  id: 1,
  completion: "A: 18",
  gold: "Nine by two.\nA: 18",
  format: "gsm8k",
  marker: "A: ",
};

describe("the machine form of grading", () => {
  it("gives id, extracted answer and verdict", () => {
    const grade = createRowGrader();
    expect(grade(row)).toEqual({ id: 1, extracted: "18", correct: true });
    expect(grade({ ...row, completion: "18" })).toEqual({ id: 1, extracted: null, correct: false });
    expect(grade({ ...row, gold: 18 })).toMatchObject({ correct: true });
    const compat = { id: "m", completion: "The answer is: 17.6", gold: "#### 18", format: "gsm8k" };
    expect(grade({ ...compat, mode: "metamath-compat" }).correct).toBe(true);
    expect(grade(compat).correct).toBe(false);
    expect(
      grade({ id: "x", completion: "so \\boxed{\\frac12}", gold: "0.5", format: "math" }),
    ).toEqual({ id: "x", extracted: "\\frac12", correct: true });
    expect(
      grade({ id: "x", completion: "\\boxed{2(x+1)}", gold: "2x+2", format: "prm800k" }).correct,
    ).toBe(true);
  });

  it.each([
    [7, /the row must be an object/],
    [{ ...row, id: undefined }, /id is missing: expected text or a number/],
    [{ ...row, completion: null }, /completion must be text, got null/],
    [{ ...row, gold: undefined }, /gold is missing: expected text/],
    [{ ...row, gold: "none" }, /no answer in gold/],
    [{ ...row, format: undefined }, /format is missing: expected "gsm8k", "math" or "prm800k"/],
    [{ ...row, format: "x" }, /format must be one of gsm8k, math, prm800k/],
    [{ ...row, mode: "x" }, /mode of gsm8k must be one of/],
  ])("refuses %j", (bad, message) => {
    expect(() => createRowGrader()(bad)).toThrow(message);
  });

  it("works line by line, bad lines reported and counted", async () => {
    const text = `${JSON.stringify(row)}\n{"id":2}\n${JSON.stringify(row)}\n`;
    const events = [];
    for await (const event of readRows([text], createRowGrader())) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(["row", "row-reject", "row", "rows-end"]);
    expect(events.at(-1)).toEqual({ type: "rows-end", rows: 2, rejected: 1 });
  });
});
