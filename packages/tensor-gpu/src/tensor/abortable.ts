import { assertFunction, TensorError } from "../errors";

/**
 * The signal of `abortable`: an `AbortSignal`, or an object whose `aborted` is a getter. A getter that reads shared
 * memory (`Atomics.load`) lets another thread stop a loop that never awaits.
 */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason?: unknown | undefined;
}

const signals: StopSignal[] = [];

/** Called before each operator takes memory for its result. */
export function assertNotAborted(op: string): void {
  for (const { aborted, reason } of signals)
    if (aborted) throw reason ?? new TensorError("ERR_ABORTED", `${op}: stopped by the signal`);
}

/**
 * Runs `fn`, and has every operator inside it (those of a backward pass too) look at the signal before it starts. An
 * operator that has started runs to its end: a kernel is never cut short, so nothing is left half-written. Memory goes
 * back as after any other error: wrap the call in `tidy`. An optimiser's `step` has happened completely or not at all.
 *
 * @param signal `undefined` runs `fn` as it is; of nested calls, each signal counts
 * @param fn synchronous. A signal of its own thread can only change between operators if `fn`, or a gradient hook, does
 *   it; long loops should therefore await between steps, or pass a signal that reads shared memory
 * @returns what `fn` returns
 * @throws the signal's `reason`, or a {TensorError} `ERR_ABORTED` where it has none
 */
export function abortable<T>(signal: StopSignal | undefined, fn: () => T): T {
  assertFunction("abortable", fn);
  if (!signal) return fn();
  signals.push(signal);
  try {
    assertNotAborted("abortable");
    return fn();
  } finally {
    signals.pop();
  }
}
