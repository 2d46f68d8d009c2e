import { fail, optionsOf, refuseUnknown } from "../errors";
import { checkedTests } from "../tasks/checked-tests";
import type { Program, Tests } from "../tasks/task";
import type { Outcome } from "./job";
import { jobRunner } from "./job-runner";
import { checkLimits, type Limits } from "./limits";

/** How far a program is kept apart: inside WebAssembly, in a process of its own, or there without a network too. */
export type Strength = "wasm" | "process" | "process+namespace";

/** Runs programs that nobody has read. */
export interface Sandbox {
  readonly strength: Strength;
  /** Runs a program and its tests. */
  test(program: Program, tests: Tests, limits?: Limits): Promise<Outcome>;
  /** Runs a program; `passed` means that it ended without an error. */
  run(program: Program, limits?: Limits): Promise<Outcome>;
  /** Ends its thread or process. */
  dispose(): void;
}

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** Limits where a call gives none. */
  limits?: Limits | undefined;
  /** Module of the worker, for bundlers that need to be told; by default the one of this package. */
  worker?: URL | undefined;
}

/**
 * A sandbox for JavaScript and TypeScript: QuickJS compiled to WebAssembly, in a thread, in Node and in pages. Each program
 * gets a fresh instance and sees nothing of the host but `print` and a console that prints. Instructions are counted and
 * decide; a clock only ends what hardly counts, and then the program runs once more. A program that is refused memory ends
 * there, whatever it would catch. Programs run one after another.
 *
 * Tests are calls whose results are read by type and compared outside, or a script with `console.assert` and the usual
 * functions of `node:assert`, whose failures are noted outside and cannot be caught away. So verdicts may serve as a reward.
 * What they do not see is a program that tells the tests by their arguments and knows the answers to these alone.
 *
 * @throws {CoderError} `ERR_MISSING` at the first program where the optional peers are not installed
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const {
    limits: common,
    worker = new URL(/* @vite-ignore */ "./worker.js", import.meta.url),
    ...rest
  } = optionsOf("createSandbox", options);
  refuseUnknown("createSandbox", rest);
  checkLimits("createSandbox", common);
  const runner = jobRunner(worker);
  let last = 0;
  let queue: Promise<unknown> = Promise.resolve();
  async function work(
    program: Program,
    tests: Tests | undefined,
    own: Limits | undefined,
  ): Promise<Outcome> {
    const limits = checkLimits("createSandbox", { ...common, ...own });
    for (const [name, value] of Object.entries({
      code: program?.code,
      language: program?.language,
    }))
      if (typeof value !== "string")
        fail("ERR_ARGUMENT", `sandbox: a program must have ${name}, a text`, { name });
    for (let tries = 0; ; tries++) {
      const job = { id: last++, program, tests, limits };
      const outcome = await runner.run(job);
      if (!("lost" in outcome)) return outcome;
      if (tries > 0) return { verdict: "killed", message: outcome.lost, output: "" };
    }
  }
  const inTurn = (...args: Parameters<typeof work>) => {
    const outcome = queue.then(() => work(...args));
    queue = outcome.catch(() => undefined);
    return outcome;
  };
  return {
    strength: "wasm",
    test: async (program, tests, limits) => inTurn(program, checkedTests(tests), limits),
    run: (program, limits) => inTurn(program, undefined, limits),
    dispose: runner.dispose,
  };
}
