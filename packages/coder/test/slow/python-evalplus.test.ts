import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTasks } from "../../src";
import { createPythonSandbox, type PythonSandbox } from "../../src/python";
import { programOf } from "../../src/tasks/program-of";
import { buildChild } from "../python/support/build-child";
import { doubled, firstTwo } from "../tasks/evalplus-rows";

let sandbox: PythonSandbox;
beforeAll(async () => {
  sandbox = await createPythonSandbox({ child: await buildChild() });
});
afterAll(() => sandbox?.dispose());

/** The verdict of a completion by base or plus tests. */
async function judged(part: "tests" | "plus", row: object, completion: string) {
  const [task] = readTasks(JSON.stringify(row));
  return sandbox.test(programOf(task!, completion), task![part]!);
}

describe("tests of EvalPlus", () => {
  it("fail a program by a plus test that is right only for the base inputs", async () => {
    const absolute = "    return abs(x) * 2\n";
    expect(await judged("tests", doubled, absolute)).toMatchObject({ verdict: "passed" });
    expect(await judged("plus", doubled, absolute)).toMatchObject({
      verdict: "failed",
      message: "AssertionError: doubled is wrong on input 0",
    });
    expect(await judged("plus", doubled, doubled.canonical_solution)).toMatchObject({
      verdict: "passed",
    });
  });

  it("give a task of MBPP+ the tuples that it wants", async () => {
    expect(await judged("tests", firstTwo, firstTwo.canonical_solution)).toMatchObject({
      verdict: "passed",
    });
  });

  it("allow floats a small difference, and numbers the row's tolerance", async () => {
    const half = { ...doubled, base_input: [[1], [0.5]], canonical_solution: "    return x / 2\n" };
    const off = "    return x / 2 + 1e-3\n";
    const near = "    return x / 2 + 1e-8\n";
    expect(await judged("tests", half, near)).toMatchObject({ verdict: "passed" });
    expect(await judged("tests", half, off)).toMatchObject({ verdict: "failed" });
    expect(await judged("tests", { ...half, atol: 0.01 }, off)).toMatchObject({
      verdict: "passed",
    });
  });

  it("say where the reference itself fails", async () => {
    const broken = { ...doubled, canonical_solution: "    return 1 / x\n" };
    expect(await judged("plus", broken, "    return 1 / x\n")).toMatchObject({
      verdict: "failed",
      message: expect.stringContaining("the reference solution fails on input 1"),
    });
  });

  it("judge a zero of a polynomial by its value, and two tasks by a constant too", async () => {
    const zero = {
      task_id: "HumanEval/32",
      entry_point: "find_zero",
      prompt: "def find_zero(xs):\n",
      canonical_solution: "    return -xs[0] / xs[1]\n",
      atol: 1e-4,
      base_input: [[[1, 2]], [[-6, 1, 1]]],
      plus_input: [],
    };
    const root = "    return 2.0 if len(xs) == 3 else -0.5\n";
    expect(await judged("tests", zero, root)).toMatchObject({ verdict: "passed" });
    const sums = {
      task_id: "Mbpp/295",
      entry_point: "sum_div",
      prompt: '"""\nSum.\n"""\n',
      canonical_solution: "def sum_div(x):\n    return x\n",
      base_input: [[1], [3]],
      plus_input: [],
    };
    const program = (value: string) => `def sum_div(x):\n    return ${value}\n`;
    expect(await judged("tests", sums, program("0"))).toMatchObject({ verdict: "passed" });
    expect(await judged("tests", sums, program("0 if x < 3 else x"))).toMatchObject({
      verdict: "failed",
    });
  });
});
