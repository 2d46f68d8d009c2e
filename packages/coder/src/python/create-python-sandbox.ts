import { fail, optionsOf, refuseUnknown } from "../errors";
import type { Strength } from "../sandbox/create-sandbox";
import type { Outcome } from "../sandbox/job";
import { checkedTests } from "../tasks/checked-tests";
import type { Judge, Program, Tests } from "../tasks/task";
import { startInterpreter } from "./interpreter";
import { checkLimits, type PythonLimits } from "./limits";
import { sampleRunner } from "./sample-runner";
import { type Script, scriptOf } from "./script-of";
import { wallsHere } from "./walls";

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

/** Largest script of tests, in UTF-16 units. */
const LARGEST_TESTS = 2 ** 22;

/** Tests as a script, or why they cannot be one. */
function scriptOrReason(tests: Tests): Script | string {
  if (typeof tests !== "string" && !Array.isArray(tests))
    fail("ERR_ARGUMENT", "sandbox: tests must be a text or a list of calls");
  try {
    const script = scriptOf(tests);
    if (script.text.length <= LARGEST_TESTS) return script;
    return `its tests have more than ${LARGEST_TESTS} characters`;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * A sandbox for programs of Python: Pyodide in child processes without environment, files, processes and network. Processor
 * time, read from outside, decides; a clock only kills, and then the program runs once more. Limits hold for each process.
 *
 * A program has a fresh interpreter of its own. Its tests run in another process, which never sees the program: a name that
 * they use and do not define is asked of the program's process, plain values cross as copies, what a program changed in an
 * argument is changed there too, and any other object stays where it is. The verdict is what the tests' process says, so that
 * it may serve as a reward. What it does not see is a program that tells its tests by their arguments. Comparing or hashing an
 * object of the program's own class fails. Tests that need a class of the program (as a base, in `isinstance` or `except`), a
 * decorator of it, or that hand it a function or an object of their own, are `unsupported`, whatever the program is.
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
  const walls = await wallsHere();
  const runner = sampleRunner((snapshot, mostSeconds) =>
    startInterpreter({ child, pyodide, walls, snapshot, mostSeconds }),
  );
  let isDisposed = false;
  let queue: Promise<unknown> = Promise.resolve();
  async function work(
    program: Program,
    tests: Tests | undefined,
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
    const script = tests === undefined ? undefined : scriptOrReason(tests);
    if (typeof script === "string") return { verdict: "unsupported", message: script, output: "" };
    for (let tries = 0; ; tries++) {
      if (isDisposed) fail("ERR_SANDBOX", "sandbox: it was disposed");
      const outcome = await runner.run(program.code, script, limits);
      if (outcome.verdict !== "killed" || tries > 0) return outcome;
    }
  }
  const inTurn = (...args: Parameters<typeof work>) => {
    const outcome = queue.then(() => work(...args));
    queue = outcome.catch(() => undefined);
    return outcome;
  };
  return {
    strength: walls.hasNamespace ? "process+namespace" : "process",
    test: async (program, tests, limits) => inTurn(program, checkedTests(tests), limits),
    run: (program, limits) => inTurn(program, undefined, limits),
    dispose() {
      isDisposed = true;
      runner.drop();
    },
  };
}
