import { fail } from "../errors";
import type { Verdict } from "./task";

/** A sample and its verdict, as `human-eval` writes it, with the number of the sample. */
export interface SampleRow {
  readonly task_id: string;
  readonly sample: number;
  readonly completion: string;
  readonly passed: boolean;
  /** The verdict, with its reason: `failed: add(1, 2) is 4, not 3`. */
  readonly result: string;
  /** Whether it passes the tests and the further ones; absent where the task has none. */
  readonly plus_passed?: boolean | undefined;
  /** The verdict of the further tests, with its reason; absent where a program fails before them. */
  readonly plus_result?: string | undefined;
}

/** Where rows are kept, one line each, so that an evaluation that was stopped goes on. */
export interface EvaluationJournal {
  /** All lines so far; a last line that is not whole is left out. */
  lines(): AsyncIterable<string> | Iterable<string>;
  /** Keeps a line; resolves when it is safe. */
  append(line: string): Promise<void>;
}

/** The verdict of a row's result. */
export const verdictOf = (result: string): Verdict => result.split(":")[0]!.trim() as Verdict;

/** The reason in a row's result; empty where there is none. */
export const reasonOf = (result: string): string => /^[^:]*:\s*(.*)$/s.exec(result)?.[1] ?? "";

function rowOf(line: string, number: number): SampleRow {
  try {
    const row = JSON.parse(line) as SampleRow;
    const isRow =
      typeof row.task_id === "string" &&
      Number.isInteger(row.sample) &&
      [row.completion, row.result].every((text) => typeof text === "string");
    if (isRow) return row;
  } catch {
    // reported below
  }
  return fail("ERR_JOURNAL", `evaluateTasks: line ${number} of the journal is no sample`, {
    line: number,
  });
}

/** The rows of a journal by task and sample. @throws {CoderError} `ERR_JOURNAL` for a line that is none */
export async function readJournal(
  journal: EvaluationJournal | undefined,
): Promise<Map<string, SampleRow>> {
  const rows = new Map<string, SampleRow>();
  let number = 0;
  for await (const line of journal?.lines() ?? []) {
    const row = rowOf(line, ++number);
    rows.set(keyOf(row.task_id, row.sample), row);
  }
  return rows;
}

/** Key of a sample in a journal. */
export const keyOf = (task: string, sample: number): string => `${sample} ${task}`;
