/** A call of the program and what it must return, compared by value outside of the program. */
export interface TestCase {
  /** Name of a function of the program. */
  readonly call: string;
  readonly arguments: readonly unknown[];
  readonly equals: unknown;
}

/** Calls with their results, or a script that runs after the program and throws where it is wrong. */
export type Tests = readonly TestCase[] | string;

/** A problem whose solution is a program that is tested by running it. */
export interface Task {
  readonly id: string;
  /** The text that the model reads; for completion and infilling also the beginning of the program. */
  readonly prompt: string;
  /** The end of the program, where the middle is asked for. */
  readonly suffix?: string | undefined;
  /** As in `languages`. */
  readonly language: string;
  readonly tests: Tests;
  /** Further tests, counted apart: a program that passes `tests` must pass these, too. */
  readonly plus?: Tests | undefined;
  /** Whether the completion continues the prompt, fills a hole, or is a program of its own. */
  readonly kind: "complete" | "infill" | "program";
  /** Name of the function that is asked for. */
  readonly entryPoint?: string | undefined;
  /** A completion that passes. */
  readonly reference?: string | undefined;
  /** Texts at which generation ends. */
  readonly stop?: readonly string[] | undefined;
}

/** Source text and its language. */
export interface Program {
  readonly language: string;
  readonly code: string;
}

/**
 * How a program fared: `passed` and `failed` by its tests; `error` it threw or is no program; `budget`, `memory`, `output` it
 * exceeded a limit; `killed` it had to be ended from outside; `unsupported` the sandbox cannot judge it, whatever the program is.
 */
export type Verdict =
  | "passed"
  | "failed"
  | "error"
  | "budget"
  | "memory"
  | "output"
  | "killed"
  | "unsupported";

/** A verdict, and why. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The reason of a failure; empty for `passed`. */
  readonly message: string;
}

/** Runs programs: a sandbox of `@deepgrain/coder/sandbox` or `/python`, or your own. */
export interface Judge {
  test(program: Program, tests: Tests): Promise<Judgement>;
}
