import type { LabelledSolution, StepEstimate } from "./step-value";

/** One stored completion. */
export interface CompletionRecord {
  readonly solution: string;
  readonly step: number;
  /** 0 to N − 1. */
  readonly index: number;
  readonly text: string;
  readonly answer: string | null;
  readonly correct: boolean;
  /** True where the completion was cut at the token limit. */
  readonly isTruncated?: boolean | undefined;
  /** Present if the completer reports it. */
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
}

/** The record of a completion that is kept until its step is complete. */
export type CompletionVerdict = Pick<CompletionRecord, "correct" | "isTruncated">;

/** The store of annotation results; each write is durable once its promise resolves. */
export interface AnnotationStore {
  /** Verdicts of stored completions by index. */
  completions(solution: string, step: number): ReadonlyMap<number, CompletionVerdict>;
  estimate(solution: string, step: number): StepEstimate | undefined;
  result(solution: string): LabelledSolution | undefined;
  addCompletion(record: CompletionRecord): Promise<void>;
  addEstimate(solution: string, estimate: StepEstimate): Promise<void>;
  addResult(result: LabelledSolution): Promise<void>;
}

/** One entry of a store. */
export type AnnotationEntry =
  | ({ readonly type: "completion" } & CompletionRecord)
  | ({ readonly type: "step"; readonly solution: string } & StepEstimate)
  | ({ readonly type: "solution" } & LabelledSolution);

const place = (solution: string, step: number) => JSON.stringify([solution, step]);

/**
 * A store that keeps an index in memory and passes each new entry to `append`. Entries that are covered by a
 * solution's result or a step's estimate are dropped, so memory grows only with unfinished solutions and with
 * results.
 *
 * @param append makes an entry durable; default: nothing, for runs that need no resuming
 * @returns the store, and `load`, which adds an entry that is already durable and returns whether it was new
 */
export function createAnnotationStore(
  append: (entry: AnnotationEntry) => Promise<void> = async () => undefined,
): AnnotationStore & { load(entry: AnnotationEntry): boolean } {
  const completions = new Map<string, Map<number, CompletionVerdict>>();
  const estimates = new Map<string, StepEstimate>();
  const results = new Map<string, LabelledSolution>();

  function loadCompletion(record: CompletionRecord): boolean {
    const { solution, step, index, correct, isTruncated } = record;
    const key = place(solution, step);
    if (results.has(solution) || estimates.has(key)) return false;
    const known = completions.get(key) ?? new Map<number, CompletionVerdict>();
    if (known.has(index)) return false;
    completions.set(key, known.set(index, { correct, isTruncated }));
    return true;
  }

  function load(entry: AnnotationEntry): boolean {
    if (entry.type === "completion") return loadCompletion(entry);
    if (entry.type === "step") {
      const { type: _, solution, ...estimate } = entry;
      const key = place(solution, estimate.step);
      if (results.has(solution) || estimates.has(key)) return false;
      estimates.set(key, estimate);
      completions.delete(key);
      return true;
    }
    const { type: _, ...result } = entry;
    if (results.has(result.id)) return false;
    results.set(result.id, result);
    for (const step of result.steps.keys()) {
      estimates.delete(place(result.id, step));
      completions.delete(place(result.id, step));
    }
    return true;
  }

  const add = async (entry: AnnotationEntry) => {
    if (load(entry)) await append(entry);
  };
  return {
    load,
    completions: (solution, step) => completions.get(place(solution, step)) ?? new Map(),
    estimate: (solution, step) => estimates.get(place(solution, step)),
    result: (solution) => results.get(solution),
    addCompletion: (record) => add({ type: "completion", ...record }),
    addEstimate: (solution, estimate) => add({ type: "step", solution, ...estimate }),
    addResult: (result) => add({ type: "solution", ...result }),
  };
}
