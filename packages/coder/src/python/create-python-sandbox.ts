import { fail, optionsOf, real, refuseUnknown, whole } from "../errors";
import type { Strength } from "../sandbox/create-sandbox";
import type { Outcome } from "../sandbox/job";
import type { Judge, Program, Tests } from "../tasks/task";
import { type ChildAnswer, canUnshare, type Interpreter, startInterpreter } from "./interpreter";
import { scriptOf } from "./script-of";
import { childrenOf, usageOf } from "./usage";

/** What a program of Python may use. */
export interface PythonLimits {
  /** Processor time, read from outside; default 10 s. */
  seconds?: number | undefined;
  /** Memory of the process, Python's own 170 MB included; default 1 GiB. */
  memoryBytes?: number | undefined;
  /** What it may print, in UTF-16 units; default 65,536. */
  outputLength?: number | undefined;
  /** Time after which it is killed, and run once more; default 60 s. */
  killMs?: number | undefined;
}

/** Options of {@link createPythonSandbox}. */
export interface PythonSandboxOptions {
  limits?: PythonLimits | undefined;
  /** Runs programs where they cannot be kept apart as stated: on systems other than Linux. Default false. */
  isTrusted?: boolean | undefined;
  /** Module of the child, for bundlers; by default the one of this package. */
  child?: URL | undefined;
}

/** Runs programs of Python in processes of their own. */
export interface PythonSandbox extends Judge {
  readonly strength: Strength;
  test(program: Program, tests: Tests, limits?: PythonLimits): Promise<Outcome>;
  run(program: Program, limits?: PythonLimits): Promise<Outcome>;
  dispose(): void;
}

/** Largest program, in UTF-16 units. */
const LARGEST = 2 ** 20;

/** Between two looks at what a process has used. */
const LOOK_MS = 50;

/** Time for starting an interpreter, which takes seconds on a busy machine. */
const START_MS = 120_000;

type CheckedLimits = { readonly [Name in keyof PythonLimits]-?: number };

function checkLimits(limits: PythonLimits = {}): CheckedLimits {
  const {
    seconds = 10,
    memoryBytes = 2 ** 30,
    outputLength = 2 ** 16,
    killMs = 60_000,
    ...rest
  } = optionsOf("createPythonSandbox", limits);
  refuseUnknown("createPythonSandbox", rest);
  real("createPythonSandbox", "seconds", seconds, { above: 0 });
  const checked = { memoryBytes, outputLength, killMs };
  for (const [name, value] of Object.entries(checked))
    whole("createPythonSandbox", name, value, { min: 1 });
  return { seconds, ...checked };
}

/** Address of Pyodide's module. @throws {CoderError} `ERR_MISSING` where it is not installed */
function pyodideModule(): URL {
  try {
    return new URL(import.meta.resolve("pyodide"));
  } catch (cause) {
    return fail(
      "ERR_MISSING",
      "createPythonSandbox: Pyodide is missing; npm i pyodide@314.0.7",
      {},
      cause,
    );
  }
}

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
  const look = setInterval(() => {
    const all = [interpreter.pid, ...childrenOf(interpreter.pid)].map(usageOf);
    const seconds = all.reduce((sum, usage) => sum + (usage?.seconds ?? 0), 0) - from;
    const bytes = all.reduce((sum, usage) => sum + (usage?.bytes ?? 0), 0);
    if (seconds > limits.seconds)
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
  const timer = setTimeout(
    () => stop({ verdict: "killed", message: `it was ended after ${limits.killMs} ms` }),
    limits.killMs,
  );
  const answer = await interpreter.next();
  clearInterval(look);
  clearTimeout(timer);
  return answer ?? end;
}

const secondsOf = ({ pid }: Interpreter) =>
  [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (usageOf(each)?.seconds ?? 0), 0);

/**
 * A sandbox for programs of Python, for evaluation: Pyodide in a child process without environment, files, processes and
 * network. Processor time, read from outside, decides; a clock only kills, and then the program runs once more. A program
 * shares an interpreter only with earlier programs that passed the same tests and left builtins and modules as they were.
 *
 * Tests run in the program's own interpreter: a program that overrides `__eq__` can pass them. Do not use it as a reward.
 *
 * @throws {CoderError} `ERR_MISSING` where Pyodide is not installed; `ERR_SANDBOX` on systems other than Linux, unless
 *   programs are trusted
 */
export async function createPythonSandbox(
  options: PythonSandboxOptions = {},
): Promise<PythonSandbox> {
  const {
    limits: common,
    isTrusted = false,
    child = new URL("./child.js", import.meta.url),
    ...rest
  } = optionsOf("createPythonSandbox", options);
  refuseUnknown("createPythonSandbox", rest);
  checkLimits(common);
  if (process.platform !== "linux" && !isTrusted)
    fail(
      "ERR_SANDBOX",
      `createPythonSandbox: programs of Python cannot be kept apart on ${process.platform}; isTrusted runs them all the same`,
    );
  const pyodide = pyodideModule();
  const isUnshared = await canUnshare();
  let current: { readonly interpreter: Interpreter; readonly tests: string } | undefined;
  let last = 0;
  let isDisposed = false;
  let queue: Promise<unknown> = Promise.resolve();

  function drop(): void {
    current?.interpreter.kill();
    current = undefined;
  }

  /** An interpreter for these tests, a new one unless the last program passed the same. */
  async function interpreterFor(tests: string): Promise<Interpreter | string> {
    if (current?.tests === tests) return current.interpreter;
    drop();
    const interpreter = startInterpreter(child, pyodide, isUnshared);
    const timer = setTimeout(interpreter.kill, START_MS);
    const answer = await interpreter.next();
    clearTimeout(timer);
    if (answer?.type !== "ready") return "the interpreter did not start";
    current = { interpreter, tests };
    return interpreter;
  }

  async function attempt(program: string, tests: string, limits: CheckedLimits): Promise<Outcome> {
    const interpreter = await interpreterFor(tests);
    if (typeof interpreter === "string")
      return { verdict: "killed", message: interpreter, output: "" };
    const id = last++;
    const from = secondsOf(interpreter);
    interpreter.post({ id, program, tests, outputLength: limits.outputLength });
    const answer = await watched(interpreter, limits, from);
    if (answer === undefined || "verdict" in answer === false || answer.verdict === "killed")
      drop();
    if (answer === undefined)
      return { verdict: "error", message: "it ended its process", output: "" };
    if (!("type" in answer)) {
      drop();
      return { ...answer, output: "" };
    }
    if (answer.type === "output")
      return {
        verdict: "output",
        message: `it printed more than ${limits.outputLength} characters`,
        output: "",
      };
    if (answer.type !== "outcome")
      return { verdict: "error", message: "message" in answer ? answer.message : "", output: "" };
    if (!answer.isClean) drop();
    return {
      verdict: answer.verdict as Outcome["verdict"],
      message: answer.message,
      output: answer.output,
    };
  }

  async function work(
    program: Program,
    tests: Tests,
    own: PythonLimits | undefined,
  ): Promise<Outcome> {
    const limits = checkLimits({ ...common, ...own });
    for (const [name, value] of Object.entries({
      code: program?.code,
      language: program?.language,
    }))
      if (typeof value !== "string")
        fail("ERR_ARGUMENT", `sandbox: a program must have ${name}, a text`, { name });
    if (!/^python$/i.test(program.language))
      return {
        verdict: "unsupported",
        message: `programs in ${program.language} cannot be run here`,
        output: "",
      };
    if (program.code.length > LARGEST)
      return { verdict: "error", message: `it has more than ${LARGEST} characters`, output: "" };
    for (let tries = 0; ; tries++) {
      if (isDisposed) fail("ERR_SANDBOX", "sandbox: it was disposed");
      const outcome = await attempt(program.code, scriptOf(tests), limits);
      if (outcome.verdict !== "killed" || tries > 0) return outcome;
    }
  }
  const inTurn = (...args: Parameters<typeof work>) => {
    const outcome = queue.then(() => work(...args));
    queue = outcome.catch(() => undefined);
    return outcome;
  };
  return {
    strength: isUnshared ? "process+namespace" : "process",
    test: (program, tests, limits) => inTurn(program, tests, limits),
    run: (program, limits) => inTurn(program, "", limits),
    dispose() {
      isDisposed = true;
      drop();
    },
  };
}
