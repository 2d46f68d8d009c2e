import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { omegaTree } from "../../src/annotate/omega-tree";
import type { LabelledSolution } from "../../src/annotate/step-value";
import { toMathShepherdRow, toTrlRow } from "../../src/formats/labelled-rows";
import { formatMathShepherd, parseMathShepherd } from "../../src/formats/math-shepherd";
import {
  flattenOmegaTree,
  omegaFlatRows,
  omegaTreeRow,
  parseOmegaFlat,
  parseOmegaTree,
} from "../../src/formats/omega-prm";
import { expandPrm800k, type Prm800kRecord, parsePrm800k } from "../../src/formats/prm800k";
import { parseProcessBench } from "../../src/formats/process-bench";
import { formatRow, type RowEvent, readRows } from "../../src/formats/read-rows";
import { parseSearchAndLearn } from "../../src/formats/search-and-learn";
import { formatRlhflow, formatTrl, parseRlhflow, parseTrl } from "../../src/formats/trl";
import { generateProblem } from "../../src/world/generate-problem";
import { noisySolver } from "../../src/world/solvers";

async function rowsOf<T>(text: string, parse: (json: unknown) => T) {
  const events: RowEvent<T>[] = [];
  for await (const event of readRows([text], parse)) events.push(event);
  return events;
}
const linesOf = (path: string) => readFileSync(shared(path), "utf8").trim().split("\n");

describe("reading JSON lines", () => {
  it("reports malformed rows with their line and counts them, however the bytes are cut", async () => {
    const text = '\uFEFF{"a":"\u2028é"}\r\n\nnot json\n{"a":1}\n{"a":"last"}';
    const parse = (json: unknown) => formatTrlLike(json);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
        const bytes = new TextEncoder().encode(text);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.slice(i * size, (i + 1) * size),
        );
        const events: RowEvent<string>[] = [];
        for await (const event of readRows(pieces, parse)) events.push(event);
        expect(events.map((e) => ("line" in e ? [e.type, e.line] : e))).toEqual([
          ["row", 1],
          ["row-reject", 3],
          ["row-reject", 4],
          ["row", 5],
          { type: "rows-end", rows: 2, rejected: 2 },
        ]);
        expect(events[0]).toMatchObject({ value: "\u2028é" });
        expect((events[2] as { error: Error }).error.message).toBe(
          "prm/line 4: parseMathShepherd: input must be text, got nothing",
        );
      }),
    );
  });

  function formatTrlLike(json: unknown): string {
    const { a } = json as { a: unknown };
    if (typeof a !== "string") parseMathShepherd(json);
    return a as string;
  }
});

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

describe("TRL rows", () => {
  const row = { prompt: "p", completions: ["a", "b"], labels: [true, false] };

  it("survive a round trip, and refuse unequal lengths", () => {
    expect(formatTrl(parseTrl(row))).toEqual(row);
    expect(() => parseTrl({ ...row, labels: [true] })).toThrow(/2 completions need as many labels/);
    expect(() => parseTrl({ ...row, labels: ["+", "-"] })).toThrow(/labels must be a list/);
  });

  it("do not take soft labels silently", () => {
    const soft = { ...row, labels: [0.7, 0] };
    expect(() => formatTrl(soft)).toThrow(/label 1 is 0.7; TRL cuts soft labels/);
    expect(formatTrl(soft, { softLabels: "round" }).labels).toEqual([true, 0]);
    expect(formatTrl(soft, { softLabels: "keep" }).labels).toEqual([0.7, 0]);
  });
});

describe("RLHFlow chats", () => {
  const row = { prompt: "p?", completions: ["Step 1: a", "Step 2: b"], labels: [true, false] };

  it("survive a round trip", () => {
    const chat = formatRlhflow(row);
    expect(chat.conversations[0]).toEqual({ role: "user", content: "p? Step 1: a" });
    expect(parseRlhflow(chat)).toEqual(row);
    expect(parseRlhflow({ messages: chat.conversations })).toEqual(row);
  });

  it.each([
    [{ conversations: [{ role: "assistant", content: "+" }] }, /turn 1 must be the user's/],
    [{ conversations: [{ role: "user", content: "p Step 1: a" }] }, /as many labels, got 0/],
    [
      {
        conversations: [
          { role: "user", content: "p Step 1: a" },
          { role: "assistant", content: "yes" },
        ],
      },
      /turn 2 must be \+ or -/,
    ],
    [{}, /conversations must be a list of turns/],
  ])("are refused when malformed: %j", (chat, message) => {
    expect(() => parseRlhflow(chat)).toThrow(message);
  });

  it("are not written from soft labels", () => {
    expect(() => formatRlhflow({ ...row, labels: [0.5, 1] })).toThrow(/label 1 must be 0 or 1/);
    expect(() => formatRlhflow({ ...row, completions: ["a", "b"] })).toThrow(
      /the first step must be/,
    );
  });
});

const record = {
  is_quality_control_question: false,
  is_initial_screening_question: false,
  question: { problem: "p", ground_truth_answer: "1" },
  label: {
    finish_reason: "solution",
    steps: [
      {
        completions: [
          { text: "a", rating: 1, flagged: false },
          { text: "b", rating: 0 },
        ],
        human_completion: null,
        chosen_completion: 1,
      },
      {
        completions: [
          { text: "c", rating: -1 },
          { text: "d", rating: null },
        ],
        human_completion: { text: "e" },
        chosen_completion: null,
      },
      {
        completions: [{ text: "f", rating: 1 }],
        human_completion: null,
        chosen_completion: null,
      },
      { completions: [{ text: "never", rating: 1 }], human_completion: null, chosen_completion: 0 },
    ],
  },
} satisfies Prm800kRecord;

describe("PRM800K records", () => {
  it("expand to a row per prefix and alternative", () => {
    const rows = expandPrm800k(parsePrm800k(record));
    expect(rows.map(({ completions, labels }) => [completions.join(""), labels])).toEqual([
      ["a", [true]],
      ["b", [false]],
      ["bc", [false, false]],
      ["bef", [false, true, true]],
    ]);
    const lenient = expandPrm800k(record, { positive: "not-bad" });
    expect(lenient[1]!.labels).toEqual([true]);
    const control = { ...record, is_quality_control_question: true };
    expect(expandPrm800k(control)).toEqual([]);
    expect(expandPrm800k(control, { keepControls: true })).toHaveLength(4);
  });

  it("are refused when malformed", () => {
    const broken = structuredClone(record) as unknown as {
      label: { steps: Record<string, never>[] };
    };
    broken.label.steps[0]!.chosen_completion = 2 as never;
    expect(() => parsePrm800k(broken)).toThrow(
      /chosen_completion must be null or an index below 2/,
    );
    broken.label.steps[0]!.completions = [{ text: "a", rating: 2 }] as never;
    expect(() => parsePrm800k(broken)).toThrow(/rating must be -1, 0, 1 or null, got 2/);
    expect(() => parsePrm800k({ ...record, label: {} })).toThrow(/finish_reason/);
  });

  it.skipIf(sharedIsMissing)("of the samples are byte-equal after a round trip", async () => {
    const lines = linesOf("data/math/prm800k-samples.jsonl");
    const events = await rowsOf(lines.join("\n"), parsePrm800k);
    expect(events.at(-1)).toEqual({ type: "rows-end", rows: 6, rejected: 0 });
    const written = events.flatMap((e) => (e.type === "row" ? [formatRow(e.value)] : []));
    expect(written).toEqual(lines.map((line) => formatRow(JSON.parse(line))));
    const rows = events.flatMap((e) => (e.type === "row" ? expandPrm800k(e.value) : []));
    expect(rows.length).toBeGreaterThan(20);
  });
});

describe("ProcessBench, OmegaPRM and search-and-learn rows", () => {
  it.skipIf(sharedIsMissing)("of ProcessBench are all read", async () => {
    const lines = linesOf("data/math/processbench-gsm8k-200.jsonl");
    const events = await rowsOf(lines.join("\n"), parseProcessBench);
    expect(events.at(-1)).toEqual({ type: "rows-end", rows: 200, rejected: 0 });
    const rows = events.flatMap((e) => (e.type === "row" ? [e.value] : []));
    expect(rows.filter(({ label }) => label === -1)).toHaveLength(96);
    expect(rows.flatMap(({ steps }) => steps)).toHaveLength(1019);
  });

  it("of ProcessBench are refused with a label outside the steps", () => {
    const row = {
      id: "a",
      generator: "g",
      problem: "p",
      steps: ["a"],
      final_answer_correct: true,
      label: 0,
    };
    expect(parseProcessBench({ ...row, more: 1 })).toEqual({ ...row, more: 1 });
    expect(() => parseProcessBench({ ...row, label: 1 })).toThrow(/-1 or an index below 1, got 1/);
    expect(() => parseProcessBench({ ...row, steps: [] })).toThrow(/at least one step/);
  });

  it("of OmegaPRM are written flat and as a tree, which flattens to the same", async () => {
    const problem = generateProblem(4, { steps: [5, 5] });
    const completer = noisySolver([problem], { slip: 0.2 });
    const tree = await omegaTree(problem.problem, problem.answer, { completer, rollouts: 8 });
    const flat = omegaFlatRows(tree).map((row) => parseOmegaFlat(JSON.parse(JSON.stringify(row))));
    expect(flat.length).toBeGreaterThan(3);
    const read = parseOmegaTree(JSON.parse(JSON.stringify(omegaTreeRow(tree))));
    expect(read).toEqual(omegaTreeRow(tree));
    expect(flattenOmegaTree(read)).toEqual(flat);
    expect(() => parseOmegaFlat({ ...flat[0], mc_value: 2 })).toThrow(/within \[0, 1\]/);
    expect(() => parseOmegaTree({ question: "q", tree: { text: "", mc_value: 0 } })).toThrow(
      /children/,
    );
  });

  it("of search-and-learn keep their columns and need lists of one length", () => {
    const row = {
      problem: "p",
      completions: ["a", "b"],
      scores: [[0.1, 0.2], [0.3]],
      pred: "1",
      completion_tokens: [3, 4],
      "pred_maj@2": "1",
    };
    expect(parseSearchAndLearn(row)).toEqual(row);
    expect(() => parseSearchAndLearn({ ...row, scores: [[1]] })).toThrow(
      /scores must be a list of 2/,
    );
    expect(() => parseSearchAndLearn({ ...row, scores: [["a"], []] })).toThrow(/lists of numbers/);
  });
});

describe("annotated solutions", () => {
  const result: LabelledSolution = {
    id: "a",
    problem: "p",
    steps: ["one", "two", "three"],
    gold: "1",
    values: [0.5, 0, null],
    estimates: [],
    firstError: 1,
    isAnswerRight: false,
  };

  it("become rows without the steps that have no value", () => {
    expect(toTrlRow(result)).toEqual({
      prompt: "p",
      completions: ["one", "two"],
      labels: [0.5, 0],
    });
    expect(toTrlRow({ ...result, values: [1, 0, null] }).labels).toEqual([true, false]);
    const row = toMathShepherdRow(result, "GSM8K");
    expect(parseMathShepherd(formatMathShepherd(row))).toEqual({
      problem: "p",
      steps: ["Step 1: one", "Step 2: two"],
      labels: [true, false],
      task: "GSM8K",
    });
  });
});
