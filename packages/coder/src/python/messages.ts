/** A part of a value, `[tag, ...]`: texts of a plain value, or places of its parts, which stand before it. */
export type Node = readonly [tag: string, ...rest: (string | number)[]];

/** A question of the tests to the program: the last node is the tuple of operands. */
export interface Request {
  readonly action: string;
  readonly nodes: readonly Node[];
}

/** A program's answer to a request: a value or an exception, and what it changed in place. */
export interface Answer {
  readonly id: number;
  /** Place of the value. */
  readonly value?: number;
  /** Nearest builtin class, empty where tests cannot go on; own class; text. */
  readonly raised?: readonly [string, string, string];
  /** Place of a list, dict or set in the request, and of its parts in the answer. */
  readonly changes: readonly (readonly number[])[];
  readonly nodes: readonly Node[];
}

/** A job for the tests' side. */
export type TestsJob =
  | {
      readonly side: "tests";
      readonly action: "look";
      readonly tests: string;
      /** Names that are the program's though Python has them too. */
      readonly forced: readonly string[];
    }
  | { readonly side: "tests"; readonly action: "run"; readonly outputLength: number };

/** A job for the program's side: the first loads the program, the last asks for what it printed. */
export type ProgramJob = { readonly side: "program"; readonly id: number } & (
  | (Request & {
      /** Given when it is loaded. */
      readonly outputLength?: number;
    })
  | { readonly action: "finish" }
);
