/** @file Stops long work by a timer on its own thread. */
import { vi } from "vitest";

/** The result of work that a timer ended. */
export interface Stopped {
  /** Items that came before the end. */
  items: number;
  /** The thrown value; undefined if the work ended by itself. */
  error: unknown;
  /** The reason with which the signal was aborted. */
  reason: Error;
}

/**
 * Runs work whose signal is raised at the next turn of the event loop. Each look at the clock shows 25 ms more, so
 * that a turn is due at every step: the outcome does not depend on how fast the machine is.
 */
export async function stoppedByTimer(
  run: (signal: AbortSignal) => AsyncIterable<unknown> | Promise<unknown>,
): Promise<Stopped> {
  let now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 25));
  const stop = new AbortController();
  const reason = new Error("stopped by a timer");
  setImmediate(() => stop.abort(reason)); // a timer of 0 ms waits for 1 ms, in which short work may end
  let items = 0;
  try {
    const work = run(stop.signal);
    if (Symbol.asyncIterator in work) for await (const _ of work) items++;
    else await work;
    return { items, error: undefined, reason };
  } catch (error) {
    return { items, error, reason };
  } finally {
    clock.mockRestore();
  }
}
