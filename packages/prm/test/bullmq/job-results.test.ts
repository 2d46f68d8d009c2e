import { describe, expect, it } from "vitest";
import { completeSettings } from "../../src/annotate/annotation-options";
import { annotationJob, readAnnotationJob } from "../../src/bullmq/annotation-job";
import { mostLogLines, readLogLine, readReturnValue } from "../../src/bullmq/job-results";

const solution = { id: "a", problem: "p", steps: ["one", "two"], gold: "2" };
const estimates = [
  { step: 0, hits: 1, completions: 4, value: 1 },
  { step: 1, hits: 1, completions: 0, value: 1 },
];
const result = { ...solution, values: [1, 1], estimates, firstError: -1, isAnswerRight: true };
const completion = {
  type: "completion",
  solution: "a",
  step: 0,
  index: 3,
  text: "t",
  answer: null,
  correct: false,
};
const refused = expect.objectContaining({ code: "ERR_QUEUE", fields: { id: "a" } });

describe("a job's return value", () => {
  it("is taken where it is the annotation of the job's own solution", () => {
    expect(readReturnValue({ ...result, further: 1 }, solution, 4)).toEqual(result);
    const dropped = { ...result, values: [0, null], firstError: 0, estimates: [] };
    expect(readReturnValue(dropped, solution, 4)).toEqual(dropped);
  });

  it.each([
    [null],
    ["text"],
    [{ ...result, id: "b" }],
    [{ ...result, gold: "3" }],
    [{ ...result, steps: ["one"] }],
    [{ ...result, values: [1] }],
    [{ ...result, values: [1, 2] }],
    [{ ...result, values: [1, -0.1] }],
    [{ ...result, values: [1, "1"] }],
    [{ ...result, values: [1, Number.NaN] }],
    [{ ...result, firstError: 0 }],
    [{ ...result, isAnswerRight: 1 }],
    [{ ...result, estimates: [{ ...estimates[0], hits: 5 }] }],
    [{ ...result, estimates: [{ ...estimates[0], completions: 9 }] }],
    [{ ...result, estimates: [{ ...estimates[0], step: 2 }] }],
    [{ ...result, estimates: [{ ...estimates[0], interval: [0, 2] }] }],
    [{ ...result, estimates: "many" }],
  ])("is refused: %j", (value) => {
    expect(() => readReturnValue(value, solution, 4)).toThrow(refused);
  });
});

describe("a line of a job's log", () => {
  it("is taken where it is an entry of the job's own solution", () => {
    const step = { type: "step", solution: "a", ...estimates[0] };
    for (const entry of [completion, step, { ...completion, isTruncated: true, promptTokens: 3 }])
      expect(readLogLine(JSON.stringify(entry), solution, 4)).toEqual(entry);
  });

  it.each([
    ["no json"],
    ["[".repeat(100_000)],
    ["[]"],
    [JSON.stringify({ ...completion, solution: "b" })],
    [JSON.stringify({ ...completion, index: 4 })],
    [JSON.stringify({ ...completion, step: -1 })],
    [JSON.stringify({ ...completion, correct: "yes" })],
    [JSON.stringify({ ...completion, completionTokens: -5 })],
    [JSON.stringify({ type: "solution", ...result, solution: "a" })],
    [JSON.stringify({ type: "step", solution: "a", ...estimates[0], value: 1.5 })],
  ])("is refused: %.60s", (line) => {
    expect(() => readLogLine(line, solution, 4)).toThrow(refused);
  });
});

describe("a job's data", () => {
  const { data } = annotationJob("run", solution, completeSettings({ n: 2 }));
  const typed = expect.objectContaining({ code: "ERR_ARGUMENT", name: "PrmError" });

  it("holds the solution and the settings", () => {
    expect(readAnnotationJob(data)).toMatchObject({ solution, settings: { n: 2 } });
  });

  it.each([
    [null],
    [{}],
    [{ solution }],
    [{ ...data, settings: null }],
    [{ ...data, settings: { ...data.settings, grader: undefined } }],
    [{ ...data, settings: { ...data.settings, grader: { format: "gsm8k" } } }],
    [{ ...data, settings: { ...data.settings, grader: { format: "__proto__", mode: "x" } } }],
    [{ ...data, settings: { ...data.settings, grader: { format: ["gsm8k"], mode: "x" } } }],
  ])("is refused: %j", (given) => {
    expect(() => readAnnotationJob(given as never)).toThrow(typed);
  });

  it("has a log of a line per completion and per step, by at most two workers", () => {
    const own = { id: "a", problem: "p", gold: "1", steps: ["s", "t"] };
    expect(mostLogLines(own, 8)).toBe(2 * 2 * 9);
  });
});
