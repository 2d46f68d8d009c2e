import { describe, expect, it } from "vitest";
import { CoderError, evaluateTasks, type Judge, readTasks } from "../../src";
import { inputForms } from "../../src/tasks/evalplus-inputs";
import { rawField } from "../../src/tasks/raw-field";
import { doubled, firstTwo } from "./evalplus-rows";

const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

describe("readTasks", () => {
  it("reads HumanEval+ and MBPP+ with base and plus tests apart", () => {
    const [human, mbpp] = readTasks(lines({ ...doubled, test: "def check(f): pass" }, firstTwo));
    expect(human).toMatchObject({
      id: "HumanEval/900",
      language: "Python",
      kind: "complete",
      entryPoint: "doubled",
      reference: "    return x + x\n",
    });
    expect(human!.tests).toContain('_json.loads("[[1],[2]]")');
    expect(human!.plus).toContain('_json.loads("[[-1],[0]]")');
    expect(mbpp).toMatchObject({ id: "Mbpp/2", kind: "program" });
    expect(mbpp!.tests).toContain('_forms = _json.loads("[\\"t\\"]")');
  });

  it("keeps numbers as they are written", () => {
    const row = lines(doubled).replace("[[-1],[0]]", "[[1.0], [123456789012345678901]]");
    expect(readTasks(row)[0]!.plus).toContain('_json.loads("[[1.0], [123456789012345678901]]")');
  });

  it.each([
    [{ entry_point: "a-b" }, "entry_point must be a name of Python"],
    [{ atol: -1 }, "atol must be a number of at least 0"],
    [{ base_input: 3 }, "base_input must be a list of lists of arguments"],
    [{ plus_input: [1] }, "plus_input must be a list of lists of arguments"],
    [{ canonical_solution: null }, "canonical_solution must be a text"],
  ])("refuses %j", (changes, message) => {
    const text = lines(firstTwo, { ...doubled, ...changes });
    expect(() => readTasks(text, { file: "plus.jsonl" })).toThrow(CoderError);
    expect(() => readTasks(text, { file: "plus.jsonl" })).toThrow(`plus.jsonl: line 2: ${message}`);
  });
});

describe("inputForms", () => {
  it("gives what EvalPlus makes of the arguments of MBPP+, and leaves all others", () => {
    expect(inputForms("Mbpp/124")).toEqual(["f", "c"]);
    expect(inputForms("Mbpp/75")).toEqual(["[t]", "-"]);
    expect(inputForms("Mbpp/3")).toEqual(["-"]);
    expect(inputForms("HumanEval/2")).toEqual(["-"]);
  });
});

describe("rawField", () => {
  it.each([
    ['{"a":1,"b":[1.0, {"b": 2}] }', "b", '[1.0, {"b": 2}]'],
    ['{ "x\\"b" : "b", "b" : "],\\"" }', "b", '"],\\""'],
    ['{"a":{"b":1},"b":-1e400}', "b", "-1e400"],
    ['{"b":1,"\\u0062":2}', "b", "2"],
    ['{"a":1}', "b", undefined],
    ["{}", "b", undefined],
  ])("of %s", (json, name, raw) => {
    expect(rawField(json, name)).toBe(raw);
  });
});

describe("an evaluation with plus tests", () => {
  /** Passes base tests of programs that say "base", and plus tests of those that say "plus". */
  const judge: Judge = {
    async test({ code }, tests) {
      const isPlus = String(tests).includes("[[-1],[0]]");
      const isRight = code.includes(isPlus ? "plus" : "base");
      return { verdict: isRight ? "passed" : "failed", message: isRight ? "" : "wrong" };
    },
  };
  const texts = ["base", "base plus", "no", "plus"];
  const run = async (kept: string[] = []) => {
    const journal = { lines: () => [...kept], append: async (row: string) => void kept.push(row) };
    const complete = async (_: string, { seeds }: { seeds: readonly number[] }) =>
      seeds.map((seed) => texts[seed]!);
    const options = { n: 4, k: [1, 4], journal };
    for await (const event of evaluateTasks(readTasks(lines(doubled)), complete, judge, options))
      if (event.type === "evaluation-end") return { kept, summary: event.summary };
    throw new Error("no end");
  };

  it("counts a program that passes the base tests and fails a plus test so", async () => {
    const { kept, summary } = await run();
    expect(summary.passAtK).toEqual({ 1: 0.5, 4: 1 });
    expect(summary.plusPassAtK).toEqual({ 1: 0.25, 4: 1 });
    const rows = kept.map((row) => JSON.parse(row));
    expect(rows.map(({ passed, plus_passed: plus }) => [passed, plus])).toEqual([
      [true, false],
      [true, true],
      [false, false],
      [false, false],
    ]);
    expect(rows[0].plus_result).toBe("failed: wrong");
    expect((await run(kept.slice(0, 2))).summary).toEqual(summary);
  });
});
