import { checkCount } from "../check";
import type { Completer } from "../completers/completer";
import { PrmError } from "../error";
import { checkSolution, type Solution } from "../solutions/solution";
import { annotateSolution } from "./annotate-solution";
import { type AnnotationSettings, completeSettings } from "./annotation-options";
import { type AnnotationStore, createAnnotationStore } from "./annotation-store";
import { mapConcurrently } from "./map-concurrently";
import type { LabelledSolution, StepEstimate } from "./step-value";

/** What annotation reports: steps and solutions as they are done, in no fixed order, and sums at the end. */
export type AnnotateEvent =
  | { readonly type: "step-end"; readonly solution: string; readonly estimate: StepEstimate }
  | {
      readonly type: "solution-end";
      readonly result: LabelledSolution;
      /** True where the store had it. */
      readonly wasStored: boolean;
    }
  /** A row that is no solution, with its place among the rows, counted from 1. */
  | { readonly type: "solution-reject"; readonly row: number; readonly error: PrmError }
  | {
      readonly type: "annotate-end";
      readonly solutions: number;
      readonly rejected: number;
      /** Steps with a value. */
      readonly steps: number;
      /** Completions behind them, stored ones included. */
      readonly completions: number;
    };

/** Options of {@link annotate}. */
export interface AnnotateOptions extends AnnotationSettings {
  readonly completer: Completer;
  /** Solutions at a time. Default 4. */
  readonly concurrency?: number | undefined;
  /** Keeps what is done; `openJournal` makes one that survives a kill. Default: memory. */
  readonly store?: AnnotationStore | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows with their numbers, checked; what is no solution, or repeats an id, is an error. */
async function* checkedRows(rows: AsyncIterable<unknown> | Iterable<unknown>) {
  const ids = new Set<string>();
  let row = 0;
  for await (const value of rows) {
    row++;
    try {
      const solution = checkSolution(value);
      if (ids.has(solution.id))
        throw new PrmError("ERR_FORMAT", `solution "${solution.id}": the id occurs twice`, {
          fields: { id: solution.id },
        });
      ids.add(solution.id);
      yield { row, solution };
    } catch (error) {
      if (!PrmError.isInstance(error)) throw error;
      yield { row, error };
    }
  }
}

/**
 * Labels the steps of solutions by how often completions from each of them reach the right answer.
 *
 * Each completion has a seed made of the run's seed, the solution's id, the step and the completion's index, so a run that
 * was stopped goes on where it was and ends as an undisturbed one would.
 *
 * @param solutions rows of {@link Solution}; others are reported as `solution-reject` and counted
 * @throws {PrmError} `ERR_ARGUMENT` or `ERR_RANGE` for bad settings; what the completer throws, after the work at hand is
 *   stored; the signal's reason
 * @see Wang et al. 2024 (Math-Shepherd), section 3.3
 */
export async function* annotate(
  solutions: AsyncIterable<unknown> | Iterable<unknown>,
  {
    completer,
    concurrency = 4,
    store = createAnnotationStore(),
    signal: outer,
    ...settings
  }: AnnotateOptions,
): AsyncGenerator<AnnotateEvent, void> {
  checkCount("annotate", "concurrency", concurrency);
  if (typeof completer !== "function")
    throw new PrmError("ERR_ARGUMENT", "annotate: completer must be a function");
  const complete = completeSettings(settings);
  const sums = { solutions: 0, rejected: 0, steps: 0, completions: 0 };

  type Row = { row: number; solution: Solution } | { row: number; error: PrmError };
  async function work(row: Row, push: (event: AnnotateEvent) => void, signal: AbortSignal) {
    if ("error" in row) {
      sums.rejected++;
      push({ type: "solution-reject", ...row });
      return;
    }
    const { solution } = row;
    const wasStored = store.result(solution.id) !== undefined;
    const tools = { ...complete, completer, signal };
    const result = await annotateSolution(solution, tools, store, (estimate) =>
      push({ type: "step-end", solution: solution.id, estimate }),
    );
    sums.solutions++;
    sums.steps += result.estimates.length;
    for (const { completions } of result.estimates) sums.completions += completions;
    push({ type: "solution-end", result, wasStored });
  }

  const rows = checkedRows(solutions);
  yield* mapConcurrently<Row, AnnotateEvent>(rows, concurrency, work, outer);
  yield { type: "annotate-end", ...sums };
}
