import { fail } from "../errors";
import { coreCount, environmentVariable } from "../host";

/** Processors may be hyper-threads, which a runtime cannot tell from cores: more than these only where that is asked for. */
const MOST_UNASKED = 8;

/** @throws {TensorError} `ERR_RANGE` for a number of threads that no backend can have */
export function assertThreads(what: string, threads: number, shown: unknown = threads): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    fail("ERR_RANGE", `${what} must be 1 to 64, got ${shown}`, { threads });
}

/**
 * Threads of a backend that is given no number: `DEEPGRAIN_THREADS` of the environment, else the number of processors, at most 8.
 *
 * @throws {TensorError} `ERR_RANGE` when the variable is no whole number from 1 to 64
 */
export function usualThreads(): number {
  const wanted = environmentVariable("DEEPGRAIN_THREADS");
  if (!wanted) return Math.min(coreCount(), MOST_UNASKED);
  assertThreads("wasm: DEEPGRAIN_THREADS", Number(wanted), wanted);
  return Number(wanted);
}
