import type { Completer } from "../completers/completer";
import { optionsOf, PrmError, whole } from "../errors";
import { type CheckedRow, checkedRows } from "../solutions/checked-rows";
import type { AnnotateEvent } from "./annotate-events";
import { annotateSolution } from "./annotate-solution";
import { createSums } from "./annotate-sums";
import { type AnnotationSettings, settingsOf } from "./annotation-options";
import { type AnnotationStore, createAnnotationStore } from "./annotation-store";
import { mapConcurrently } from "./map-concurrently";

/** Options of {@link annotate}. */
export interface AnnotateOptions extends AnnotationSettings {
  readonly completer: Completer;
  /** Solutions processed at a time. Default 4. */
  readonly concurrency?: number | undefined;
  /** Stores results; `openJournal` returns a store that survives a killed process. Default: memory. */
  readonly store?: AnnotationStore | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof AnnotateOptions)[] = [
  "completer",
  "n",
  "mode",
  "threshold",
  "strategy",
  "earlyStop",
  "dropAfterFirstError",
  "seed",
  "checker",
  "completerId",
  "maxTokens",
  "callSize",
  "concurrency",
  "store",
  "signal",
];

/** Requests in flight were paid for when they were sent, so they are not aborted where the budget covers no further one. */
const isOutOfBudget = (error: unknown) => PrmError.isInstance(error) && error.code === "ERR_BUDGET";

/**
 * Labels the steps of solutions by how often completions from each of them reach the right answer.
 *
 * Each completion has a seed made of the run's seed, the solution's id, the step and the completion's index, so a
 * stopped run continues where it was and ends with the same result as an uninterrupted one.
 *
 * @param solutions rows with `id`, `problem`, `steps` and `gold`; others are reported as `solution-reject` and counted
 * @throws {PrmError} `ERR_ARGUMENT` or `ERR_RANGE` for bad settings; errors of the completer, after the work in
 *   progress is stored; `ERR_BUDGET` of its token budget, after the requests in flight are answered and stored; the signal's reason
 * @see Wang et al. 2024 (Math-Shepherd), section 3.3
 */
export async function* annotate(
  solutions: AsyncIterable<unknown> | Iterable<unknown>,
  options: AnnotateOptions,
): AsyncGenerator<AnnotateEvent, void> {
  const {
    completer,
    concurrency = 4,
    store = createAnnotationStore(),
    signal: outer,
    ...settings
  } = optionsOf("annotate", options);
  const complete = settingsOf("annotate", settings, names);
  whole("annotate", "concurrency", concurrency, { min: 1 });
  if (typeof completer !== "function")
    throw new PrmError("ERR_ARGUMENT", "annotate: completer must be a function");
  const sums = createSums();

  async function work(row: CheckedRow, push: (event: AnnotateEvent) => void, signal: AbortSignal) {
    if ("error" in row) {
      push(sums.reject(row));
      return;
    }
    const { solution } = row;
    const wasStored = store.result(solution.id) !== undefined;
    const tools = { ...complete, completer, signal };
    const result = await annotateSolution(solution, tools, store, (estimate) =>
      push({ type: "step-end", solution: solution.id, estimate }),
    );
    push(sums.end(result, wasStored));
  }

  const rows = checkedRows(solutions);
  yield* mapConcurrently<CheckedRow, AnnotateEvent>(rows, concurrency, work, outer, isOutOfBudget);
  yield sums.total();
}
