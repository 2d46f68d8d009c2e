import { fail, optionsOf, refuseUnknown } from "../errors";
import type { Strength } from "../sandbox/create-sandbox";
import type { Outcome } from "../sandbox/job";
import type { Judge, Program, Tests } from "../tasks/task";
import { canUnshare, startInterpreter } from "./interpreter";
import { checkLimits, type PythonLimits } from "./limits";
import { programRunner } from "./program-runner";
import { scriptOf } from "./script-of";

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
  const runner = programRunner((snapshot) =>
    startInterpreter({ child, pyodide, isUnshared, snapshot }),
  );
  let isDisposed = false;
  let queue: Promise<unknown> = Promise.resolve();
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
      const outcome = await runner.run(program.code, scriptOf(tests), limits);
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
      runner.drop();
    },
  };
}
