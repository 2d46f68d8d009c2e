import type { Tests, Verdict } from "@deepgrain/coder";
import type { Sandbox } from "@deepgrain/coder/sandbox";
import { taskOf } from "./tasks";

/** A verdict, and the reason where it is not `passed`. */
export interface Verdicted {
  verdict: Verdict;
  message: string;
}

/** How a program fared with the tests of its task. */
export interface Checked extends Verdicted {
  task: number;
  code: string;
  /** Its printed output. */
  output: string;
  /** Each test alone. */
  tests: (Verdicted & { call: string; equals: unknown })[];
}

/** Runs a program with some tests. */
export async function runProgram(
  sandbox: Sandbox,
  code: string,
  tests: Tests,
): Promise<Verdicted & { output: string }> {
  const { verdict, message, output } = await sandbox.test({ language: "JavaScript", code }, tests);
  return { verdict, message, output };
}

/** Runs a program with all tests of its task, then with each alone. @param task from 1 */
export async function checkProgram(
  sandbox: Sandbox,
  { task, code }: { task: number; code: string },
  signal: AbortSignal,
): Promise<Checked> {
  const { tests } = taskOf(task);
  const whole = await runProgram(sandbox, code, tests);
  const each: Checked["tests"] = [];
  for (const test of tests) {
    signal.throwIfAborted();
    const alone = whole.verdict === "passed" ? whole : await runProgram(sandbox, code, [test]);
    const { verdict, message } = alone;
    const call = `${test.call}(${JSON.stringify(test.arguments[0])})`;
    each.push({ call, equals: test.equals, verdict, message });
  }
  return { task, code, ...whole, tests: each };
}
