/** @file Long calculations are generators of progress events. They run synchronously, or in pieces on the event loop. */

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

/** Milliseconds after which a running calculation yields to the event loop: one frame. */
const FRAME_MS = 16;

export function runSteps<T>(steps: Steps<T>, { signal, onProgress }: RunOptions): T {
  for (;;) {
    signal?.throwIfAborted();
    const next = steps.next();
    if (next.done) return next.value;
    onProgress?.(next.value);
  }
}

/** The same work as an async iterable: it returns to the event loop about once per frame. */
export async function* streamSteps<T>(
  steps: Steps<T>,
  { signal, onProgress }: RunOptions,
): AsyncGenerator<ProgressEvent | EndEvent<T>> {
  let since = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const next = steps.next();
    if (next.done) {
      yield { type: "end", result: next.value };
      return;
    }
    onProgress?.(next.value);
    yield next.value;
    if (performance.now() - since < FRAME_MS) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    since = performance.now();
  }
}
