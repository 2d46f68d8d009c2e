/** @file Long calculations are generators of progress events. They run synchronously, or in pieces on the event loop. */
import { takeTurn } from "@deepgrain/support";

/** The progress of a calculation. `total` is an estimate while rows are still converging. */
export interface ProgressEvent {
  readonly type: "progress";
  readonly stage: "power" | "push" | "gram";
  readonly done: number;
  readonly total: number;
}

/** The last event of a calculation. */
export interface EndEvent<T> {
  readonly type: "end";
  readonly result: T;
}

/** Work that reports its progress and ends with a result. */
export type Steps<T> = Generator<ProgressEvent, T>;

export interface RunOptions {
  /** Aborts the work: the call throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called after each piece of work. */
  onProgress?: ((event: ProgressEvent) => void) | undefined;
}

export function runSteps<T>(steps: Steps<T>, { signal, onProgress }: RunOptions): T {
  for (;;) {
    signal?.throwIfAborted();
    const next = steps.next();
    if (next.done) return next.value;
    onProgress?.(next.value);
  }
}

/** The same work as an async iterable, which gives the event loop a turn about once per frame. */
export async function* streamSteps<T>(
  steps: Steps<T>,
  { signal, onProgress }: RunOptions,
): AsyncGenerator<ProgressEvent | EndEvent<T>> {
  for (;;) {
    await takeTurn();
    signal?.throwIfAborted();
    const next = steps.next();
    if (next.done) {
      yield { type: "end", result: next.value };
      return;
    }
    onProgress?.(next.value);
    yield next.value;
  }
}
