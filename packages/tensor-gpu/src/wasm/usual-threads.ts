import { fail } from "../errors";
import { coreCount, environmentVariable } from "../host";

/** The most threads that a backend can have. */
export const LARGEST_THREADS = 64;

/** Processors may be hyper-threads, which a runtime cannot tell from cores: more than these only where that is asked for. */
const MOST_UNASKED = 8;

/**
 * Threads of a backend that is given no number: `DEEPGRAIN_THREADS` of the environment, else the number of processors, at most 8.
 *
 * @throws {TensorError} `ERR_RANGE` when the variable is no whole number from 1 to 64
 */
export function usualThreads(): number {
  const wanted = environmentVariable("DEEPGRAIN_THREADS");
  if (wanted === undefined) return Math.min(coreCount(), MOST_UNASKED);
  const threads = Number(wanted);
  if (Number.isInteger(threads) && threads >= 1 && threads <= LARGEST_THREADS) return threads;
  return fail(
    "ERR_RANGE",
    `tensor-gpu: DEEPGRAIN_THREADS must be a whole number from 1 to ${LARGEST_THREADS}, got "${wanted}"`,
    { threads: wanted },
  );
}
