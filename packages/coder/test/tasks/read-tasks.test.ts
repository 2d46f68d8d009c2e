import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { programOf, readTasks } from "../../src";

const unzipped = (file: string) => gunzipSync(readFileSync(shared(file))).toString("utf8");
const line = (row: object) => `${JSON.stringify(row)}\n`;
const own = {
  prompt: "Add two numbers.",
  language: "js",
  tests: [{ call: "add", arguments: [1, 2], equals: 3 }],
};

describe.skipIf(sharedIsMissing)("published files of tasks", () => {
  it.each([
    ["data/code/HumanEval.jsonl.gz", 164, "complete", "Python"],
    ["data/code/HumanEval-SingleLineInfilling.jsonl.gz", 1033, "infill", "Python"],
    ["data/code/HumanEval-RandomSpanInfillingLight.jsonl.gz", 164, "infill", "Python"],
    ["golden/coder/humaneval-x-js.jsonl.gz", 164, "complete", "JavaScript"],
  ])("are read: %s", (file, count, kind, language) => {
    const tasks = readTasks(unzipped(file), { file });
    expect(tasks).toHaveLength(count);
    expect(new Set(tasks.map((task) => `${task.kind} ${task.language}`))).toEqual(
      new Set([`${kind} ${language}`]),
    );
    for (const { reference, tests } of tasks) {
      expect(reference).toBeTypeOf("string");
      expect(tests.length).toBeGreaterThan(10);
    }
  });

  it("are read: sanitised MBPP and MultiPL-E", () => {
    const mbpp = readTasks(readFileSync(shared("data/code/sanitized-mbpp.json"), "utf8"));
    expect(mbpp).toHaveLength(427);
    expect(mbpp[0]).toMatchObject({
      id: "Mbpp/2",
      kind: "program",
      language: "Python",
      entryPoint: "similar_elements",
    });
    const multiple = readTasks(readFileSync(shared("data/code/humaneval-js.jsonl"), "utf8"));
    expect(multiple).toHaveLength(161);
    expect(multiple[0]).toMatchObject({ language: "JavaScript", kind: "complete" });
    expect(multiple[0]!.stop).toContain("\nfunction ");
  });

  it("name the functions of MBPP that their references define", () => {
    const wrong = readTasks(readFileSync(shared("data/code/sanitized-mbpp.json"), "utf8")).filter(
      ({ entryPoint, reference }) => entryPoint === undefined || !reference!.includes(entryPoint),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });
});

describe("a file of tasks", () => {
  it("of our own form is read from JSON lines and arrays", () => {
    const expected = {
      id: "0",
      kind: "program",
      language: "JavaScript",
      prompt: own.prompt,
      tests: own.tests,
    };
    expect(readTasks(line(own))).toMatchObject([expected]);
    expect(readTasks(`\uFEFF${JSON.stringify([own])}`)).toMatchObject([expected]);
    expect(readTasks(`\r\n${line({ ...own, id: 7, suffix: ")" })}`)).toMatchObject([
      { id: "7", kind: "infill", suffix: ")" },
    ]);
  });

  it.each([
    ["{", "tasks.jsonl: line 1: not JSON (it ends too soon)"],
    [`${line(own)}3\n`, "line 2: a task must be an object"],
    [line({ prompt: "x" }), "the fields prompt are of no known format"],
    [line({ ...own, prompt: 3 }), "line 1: prompt must be a text"],
    [
      line({ ...own, tests: [] }),
      "tests must be a script, or a list of { call, arguments, equals }",
    ],
    [line({ ...own, tests: [{ call: "f" }] }), "tests must be a script"],
    [line({ ...own, kind: "chat" }), "kind must be complete, infill or program"],
    [line({ ...own, id: "a" }) + line({ ...own, id: "a" }), "line 2: the task a is there twice"],
    [line({ task_id: "x", prompt: "p", entry_point: 3, test: "" }), "entry_point must be a text"],
    [
      line({ task_id: 1, code: "c", test_list: "t", text: "q" }),
      "test_list must be a list of texts",
    ],
  ])("is refused with its place: %#", (text, message) => {
    expect(() => readTasks(text, { file: "tasks.jsonl" })).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", message: expect.stringContaining(message) }),
    );
  });
});

describe("the program of a completion", () => {
  const task = {
    id: "t",
    language: "Python",
    tests: "",
    prompt: "import math\n\ndef f(x):\n",
  } as const;

  it("continues the prompt, or replaces its function where the completion holds it whole", () => {
    const complete = { ...task, kind: "complete", entryPoint: "f" } as const;
    expect(programOf(complete, "    return x\n").code).toBe(
      "import math\n\ndef f(x):\n    return x\n",
    );
    expect(programOf(complete, "def f(x):\n    return 2\n").code).toBe(
      "import math\n\ndef f(x):\n    return 2\n",
    );
  });

  it("stands in the hole, or alone", () => {
    expect(
      programOf({ ...task, kind: "infill", suffix: "    return y\n" }, "    y = x\n").code,
    ).toBe("import math\n\ndef f(x):\n    y = x\n    return y\n");
    expect(programOf({ ...task, kind: "program" }, "x = 1\n").code).toBe("x = 1\n");
  });
});
