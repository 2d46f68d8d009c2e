import { describe, expect, it } from "vitest";
import {
  type Complete,
  type EvaluationEvent,
  type EvaluationSummary,
  evaluateTasks,
  type Judge,
  type Task,
} from "../../src";
import type { EvaluationJournal } from "../../src/tasks/evaluation-journal";

const task = (id: string, more: Partial<Task> = {}): Task => ({
  id,
  prompt: `${id}:`,
  language: "JavaScript",
  tests: "",
  kind: "program",
  ...more,
});

/** Passes programs that say "right"; the language Cobol is not supported. */
const sandbox: Judge = {
  async test({ code, language }) {
    if (language === "Cobol") return { verdict: "unsupported", message: "no Cobol" };
    return code.includes("right")
      ? { verdict: "passed", message: "" }
      : { verdict: "failed", message: "wrong" };
  },
};

/** Even seeds are right. */
const model: Complete = async (_, { seeds }) =>
  seeds.map((seed) => (seed % 2 === 0 ? "right" : "no"));

async function all(events: AsyncIterable<EvaluationEvent>) {
  const rows: EvaluationEvent[] = [];
  let summary: EvaluationSummary | undefined;
  for await (const event of events) {
    rows.push(event);
    if (event.type === "evaluation-end") summary = event.summary;
  }
  return { rows, summary: summary! };
}

function journal(lines: string[] = []): EvaluationJournal & { kept: string[] } {
  return { kept: lines, lines: () => [...lines], append: async (text) => void lines.push(text) };
}

describe("an evaluation", () => {
  it("estimates pass@k over the tasks that the sandbox supports", async () => {
    const tasks = [task("a"), task("b"), task("c", { language: "Cobol" })];
    const { summary } = await all(evaluateTasks(tasks, model, sandbox, { n: 4, k: [1, 2, 4] }));
    expect(summary).toEqual({
      tasks: 2,
      unsupported: 1,
      unsupportedTasks: [{ id: "c", reason: "no Cobol" }],
      verdicts: { passed: 4, failed: 4, unsupported: 4 },
      passAtK: { 1: 0.5, 2: expect.closeTo(5 / 6, 12), 4: 1 },
    });
  });

  it("goes on from its journal and asks only for what is missing", async () => {
    const kept = journal();
    const tasks = [task("a"), task("b"), task("c")];
    const whole = await all(evaluateTasks(tasks, model, sandbox, { n: 3, journal: kept }));
    const asked: (readonly number[])[] = [];
    const watched: Complete = (prompt, options) => {
      asked.push(options.seeds);
      return model(prompt, options);
    };
    const resumed = await all(
      evaluateTasks(tasks, watched, sandbox, { n: 3, journal: journal(kept.kept.slice(0, 4)) }),
    );
    expect(asked).toEqual([
      [1, 2],
      [0, 1, 2],
    ]);
    expect(resumed.summary).toEqual(whole.summary);
    const rows = (events: EvaluationEvent[]) =>
      events.map((event) => ("row" in event ? event.row : undefined));
    expect(rows(resumed.rows)).toEqual(rows(whole.rows));
    expect(JSON.parse(kept.kept[1]!)).toEqual({
      task_id: "a",
      sample: 1,
      completion: "no",
      passed: false,
      result: "failed: wrong",
    });
  });

  it("asks in the form that is wanted", async () => {
    const prompts: string[] = [];
    const echo: Complete = async (prompt, { seeds, stop }) => {
      prompts.push(prompt, stop.join());
      return seeds.map(() => "text\n```js\nright\n```\nmore");
    };
    const infill = task("a", { prompt: "left", suffix: "end", kind: "infill", stop: ["#"] });
    await all(evaluateTasks([infill], echo, sandbox));
    expect(prompts).toEqual(["<｜fim▁begin｜>left<｜fim▁hole｜>end<｜fim▁end｜>", "#"]);
    prompts.length = 0;
    const { rows } = await all(
      evaluateTasks([task("b", { stop: ["#"] })], echo, sandbox, { prompt: "chat" }),
    );
    expect(prompts[0]).toContain("one code block");
    expect(prompts[1]).toBe("");
    expect(rows[0]).toMatchObject({ row: { completion: "right\n", passed: true } });
  });

  it("counts a sandbox that dies against the program, and stops at three deaths in a row", async () => {
    let calls = 0;
    const dying: Judge = {
      async test(program, tests) {
        if (++calls === 2 || calls > 3) throw new Error("gone");
        return sandbox.test(program, tests);
      },
    };
    const seen: string[] = [];
    const run = async () => {
      for await (const event of evaluateTasks(
        [..."abcdefg"].map((id) => task(id)),
        model,
        dying,
      ))
        if (event.type === "sample-end") seen.push(event.verdict);
    };
    await expect(run()).rejects.toMatchObject({
      code: "ERR_SANDBOX",
      fields: { task: "f", program: { code: "right" } },
    });
    expect(seen).toEqual(["passed", "killed", "passed", "killed", "killed"]);
  });

  it("ends at a signal that a timer raises", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 30);
    const many = Array.from({ length: 1_000_000 }, (_, i) => task(`${i}`));
    let done = 0;
    const run = async () => {
      for await (const _ of evaluateTasks(many, model, sandbox, { signal: stop.signal })) done++;
    };
    await expect(run()).rejects.toThrow("enough");
    expect(done).toBeLessThan(1_000_000);
  });

  it("refuses a model that breaks its contract, a damaged journal, and options that are none", async () => {
    const few: Complete = async () => [];
    await expect(all(evaluateTasks([task("a")], few, sandbox))).rejects.toMatchObject({
      code: "ERR_COMPLETION",
    });
    await expect(
      all(evaluateTasks([task("a")], model, sandbox, { journal: journal(["{"]) })),
    ).rejects.toMatchObject({ code: "ERR_JOURNAL", fields: { line: 1 } });
    await expect(all(evaluateTasks([], model, sandbox, { k: [2] }))).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
    await expect(
      all(evaluateTasks([], model, sandbox, { samples: 2 } as never)),
    ).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
  });
});
