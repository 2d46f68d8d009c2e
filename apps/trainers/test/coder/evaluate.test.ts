import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { listen } from "@deepgrain/command-line/terminal/listen";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { createHandler } from "@deepgrain/serve";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { call } from "../call";

vi.mock("@deepgrain/coder/sandbox", async (original) => {
  const { sandboxFromSource } = await import("../support/sandbox-from-source");
  return sandboxFromSource(original);
});

const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const task = (id: string, more: object = {}) => ({
  id,
  prompt: "const f = (x) => ",
  kind: "complete",
  language: "JavaScript",
  tests: [{ call: "f", arguments: [3], equals: 6 }],
  reference: "2 * x;",
  ...more,
});

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  const other = task("c", { language: "Racket" });
  await writeFile(join(cwd, "t.jsonl.gz"), gzipSync(lines([task("a"), task("b"), other])));
});

const evaluate = (...args: string[]) => call(["coder", "evaluate", ...args], { cwd });
const json = async (...args: string[]) => {
  const { code, out, err } = await evaluate(...args, "--json");
  expect(code, err).toBe(0);
  return JSON.parse(out);
};
const tasks = ["--tasks", "t.jsonl.gz"];

describe("coder evaluate", () => {
  it("passes all references, and leaves out and counts what cannot be run", async () => {
    expect(await json(...tasks, "--reference")).toEqual({
      tasks: 2,
      unsupported: 1,
      unsupportedTasks: [{ id: "c", reason: "programs in Racket cannot be run here" }],
      verdicts: { passed: 2, unsupported: 1 },
      passAtK: { 1: 1 },
      strengths: { JavaScript: "wasm" },
    });
    const { out } = await evaluate(...tasks, "--reference");
    expect(out).toMatch(
      /pass@1 {2}100.00 %\n2 tasks: 2 passed, 1 unsupported\nleft out c: programs in Racket/,
    );
  });

  it("passes nothing that is empty", async () => {
    expect((await json(...tasks, "--empty")).passAtK).toEqual({ 1: 0 });
  });

  it("judges given completions, several per task, in human-eval's rows", async () => {
    const rows = ["a", "b"].flatMap((id) =>
      ["2 * x;", "x;", "x + x;", "}"].map((completion) => ({ task_id: id, completion })),
    );
    await writeFile(join(cwd, "c.jsonl"), lines(rows));
    const given = ["--completions", "c.jsonl", "--language", "javascript", "--n", "4"];
    const { passAtK, verdicts } = await json(...tasks, ...given, "--k", "1,2", "--out", "o.jsonl");
    expect(verdicts).toEqual({ passed: 4, failed: 2, error: 2 });
    expect(passAtK[1]).toBeCloseTo(0.5, 12);
    expect(passAtK[2]).toBeCloseTo(1 - 1 / 6, 12); // 1 − C(2, 2) / C(4, 2)
    const [first, second] = (await readFile(join(cwd, "o.jsonl"), "utf8")).split("\n");
    expect(JSON.parse(first!)).toMatchObject({
      task_id: "a",
      completion: "2 * x;",
      passed: true,
      result: "passed",
    });
    expect(JSON.parse(second!)).toMatchObject({
      passed: false,
      result: expect.stringMatching(/^failed: f\(3\) is 3, not 6/),
    });
    const again = await evaluate(...tasks, ...given, "--k", "1,2", "--out", "o.jsonl");
    expect(again.err).toContain("goes on after 8 samples");
    const other = await evaluate(...tasks, ...given, "--seed", "5", "--out", "o.jsonl");
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("another seed") });
    const few = await evaluate(...tasks, "--completions", "c.jsonl", "--n", "5");
    expect(few.err).toContain("c.jsonl has 4 completions of a, 5 are needed");
  });

  it("asks a model, on the built-in functions where no tasks are given", async () => {
    await writeTinyModel(join(cwd, "m"));
    const short = ["--model", "m", "--max-new-tokens", "4", "--temperature", "0"];
    const { tasks: count, passAtK } = await json(...short);
    expect(count).toBe(100);
    expect(passAtK[1]).toBeLessThan(0.2);
    expect((await json("--reference")).passAtK).toEqual({ 1: 1 });
  });

  it("asks an endpoint: our own server gives what the model gives here", async () => {
    await writeTinyModel(join(cwd, "m"));
    const commented = [1, 2, 3].map((i) =>
      task(`t${i}`, {
        prompt: `const f = () => ${i}; //`,
        tests: [{ call: "f", arguments: [], equals: i === 3 ? 0 : i }],
      }),
    );
    await writeFile(join(cwd, "commented.jsonl"), lines(commented));
    const common = ["--tasks", "commented.jsonl", "--temperature", "0", "--max-new-tokens", "8"];
    const own = await json(...common, "--model", "m", "--out", "own.jsonl");
    const parts = {
      model: await loadModel(join(cwd, "m")),
      tokenizer: await loadTokenizer(join(cwd, "m")),
    };
    const handler = createHandler({ tiny: parts });
    const where = { host: "127.0.0.1", port: 0, headerTimeoutMs: 10_000, maxConnections: 10 };
    const served = await listen(handler, where);
    try {
      const endpoint = ["--endpoint", `${served.url}/v1`, "--endpoint-model", "tiny"];
      expect(await json(...common, ...endpoint, "--out", "asked.jsonl")).toEqual(own);
      const missing = await evaluate(
        ...common,
        "--endpoint",
        `${served.url}/v1`,
        "--endpoint-model",
        "none",
      );
      expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("none") });
    } finally {
      await served.close();
      await handler.close();
    }
    expect(own).toMatchObject({ tasks: 3, verdicts: { passed: 2, failed: 1 } });
    const rows = (name: string) => readFile(join(cwd, name), "utf8");
    expect(await rows("asked.jsonl")).toBe(await rows("own.jsonl"));
  });

  it("says where a file of tasks that is missing is published", async () => {
    expect(await evaluate("--tasks", "HumanEval.jsonl.gz", "--empty")).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /there is no .*HumanEval.jsonl.gz.*github.com\/openai\/human-eval /,
      ),
    });
  });

  it.each([
    [["--empty", "--reference"], "give one of --model"],
    [[], "give one of --model"],
    [["--endpoint", "http://127.0.0.1:1/v1"], "--endpoint and --endpoint-model belong together"],
    [["--empty", "--k", "2"], "--k must be at most --n 1"],
    [["--empty", "--language", "Perl"], "there are no tasks in Perl, but JavaScript, Racket"],
    [["--empty", "--out", "-"], "--out must be a file"],
  ])("refuses %s", async (args, message) => {
    expect(await evaluate(...tasks, ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(message),
    });
  });

  it("names the row and the field of a task that is malformed, and one without a reference", async () => {
    await writeFile(join(cwd, "bad.jsonl"), lines([task("a"), { ...task("b"), tests: 3 }]));
    const bad = await evaluate("--tasks", "bad.jsonl", "--empty");
    expect(bad.err).toMatch(/bad.jsonl: line 2: tests must be/);
    await writeFile(join(cwd, "none.jsonl"), lines([{ ...task("a"), reference: undefined }]));
    const none = await evaluate("--tasks", "none.jsonl", "--reference");
    expect(none.err).toContain("the task a has no reference solution");
  });
});
