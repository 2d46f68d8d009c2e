import { patience } from "../patience";
import type { Outcome } from "../sandbox/job";
import type { ChildAnswer, Interpreter } from "./interpreter";
import type { CheckedLimits } from "./limits";
import { childrenOf, usageOf } from "./usage";

/** Between two looks at what a process has used. */
const LOOK_MS = 50;

/** Time for starting an interpreter, which takes seconds on a busy machine. */
const START_MS = 120_000;

/** An end that came from outside. */
interface Ended {
  readonly verdict: "budget" | "memory" | "killed";
  readonly message: string;
}

/** Waits for an answer while the process stays within limits. */
async function watched(
  interpreter: Interpreter,
  limits: CheckedLimits,
  from: number,
): Promise<ChildAnswer | Ended | undefined> {
  let end: Ended | undefined;
  const stop = (own: Ended) => {
    end ??= own;
    interpreter.kill();
  };
  let used = 0;
  const look = setInterval(() => {
    const all = [interpreter.pid, ...childrenOf(interpreter.pid)].map(usageOf);
    const seconds = all.reduce((sum, usage) => sum + (usage?.seconds ?? 0), 0) - from;
    const bytes = all.reduce((sum, usage) => sum + (usage?.bytes ?? 0), 0);
    used = seconds / limits.seconds;
    if (used > 1)
      stop({
        verdict: "budget",
        message: `it took more than ${limits.seconds} s of processor time`,
      });
    else if (bytes > limits.memoryBytes)
      stop({
        verdict: "memory",
        message: `its process needs more than ${limits.memoryBytes} bytes`,
      });
  }, LOOK_MS);
  const stopWaiting = patience(
    limits.killMs,
    () => used,
    () => stop({ verdict: "killed", message: `it was ended after ${limits.killMs} ms or more` }),
  );
  const answer = await interpreter.next();
  clearInterval(look);
  stopWaiting();
  return answer ?? end;
}

const secondsOf = ({ pid }: Interpreter) =>
  [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (usageOf(each)?.seconds ?? 0), 0);

/** Interprets an interpreter's answer, or its end. */
function outcomeOf(answer: ChildAnswer | Ended | undefined, limits: CheckedLimits): Outcome {
  if (answer === undefined)
    return { verdict: "error", message: "it ended its process", output: "" };
  if (!("type" in answer)) return { ...answer, output: "" };
  if (answer.type === "outcome") {
    const { verdict, message, output } = answer;
    return { verdict: verdict as Outcome["verdict"], message, output };
  }
  if (answer.type === "broken") return { verdict: "error", message: answer.message, output: "" };
  const message = `it printed more than ${limits.outputLength} characters`;
  return { verdict: "output", message, output: "" };
}

/**
 * Runs programs one after another, each in a new interpreter unless the last one passed the same tests and left it clean.
 * Interpreters start from the memory of the first, as it was before its first program.
 *
 * @param start starts an interpreter, from a snapshot if there is one
 */
export function programRunner(start: (snapshot: Uint8Array | undefined) => Interpreter) {
  let current: { readonly interpreter: Interpreter; readonly tests: string } | undefined;
  let snapshot: Uint8Array | undefined;
  let last = 0;

  function drop(): void {
    current?.interpreter.kill();
    current = undefined;
  }

  async function interpreterFor(tests: string): Promise<Interpreter | undefined> {
    if (current?.tests === tests) return current.interpreter;
    drop();
    const interpreter = start(snapshot);
    const timer = setTimeout(interpreter.kill, START_MS);
    const answer = await interpreter.next();
    clearTimeout(timer);
    if (answer?.type !== "ready") return undefined;
    const given = await interpreter.snapshot;
    if (given.length > 0 && given.length === answer.snapshotBytes) snapshot = given;
    current = { interpreter, tests };
    return interpreter;
  }

  return {
    async run(program: string, tests: string, limits: CheckedLimits): Promise<Outcome> {
      const interpreter = await interpreterFor(tests);
      if (interpreter === undefined)
        return { verdict: "killed", message: "the interpreter did not start", output: "" };
      const from = secondsOf(interpreter);
      interpreter.post({ id: last++, program, tests, outputLength: limits.outputLength });
      const answer = await watched(interpreter, limits, from);
      const isClean = answer !== undefined && "isClean" in answer && answer.isClean;
      if (!isClean) drop();
      return outcomeOf(answer, limits);
    },
    drop,
  };
}
