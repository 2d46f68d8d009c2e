import {
  type Backend,
  createBlasBackend,
  createWasmBackend,
  getBackend,
  setBackend,
} from "@deepgrain/tensor-gpu";

/**
 * A backend of its own with so many threads; null for those that have no threads to limit. A `blas` one has one in any case:
 * the library's number is one for the whole process, and its sums depend on it.
 *
 * @param name such as `wasm`
 */
function limitedBackend(name: string, threads: number): Backend | null {
  if (name === "wasm") return createWasmBackend({ threads });
  return name === "blas" ? createBlasBackend({ threads: 1 }) : null;
}

let isLimited = false;

/** Limits the engine of this thread to a run's share of the threads, if there is one: the others have runs of their own. */
export function limitThreads(threads: number | undefined): void {
  if (threads === undefined || isLimited) return;
  const name = process.env.DEEPGRAIN_BACKEND ?? "wasm";
  setBackend(limitedBackend(name, threads) ?? name);
  isLimited = true;
}

/** Has a `blas` backend use one thread, so that its sums are the same everywhere; those of others do not depend on threads. */
export function limitBlas(): void {
  if (process.env.DEEPGRAIN_BACKEND === "blas") limitThreads(1);
}

/** The threads of each of several workers of this machine: an equal share of those that the engine has here, at least 1. */
export const threadsPerWorker = (workers: number): number =>
  Math.max(1, Math.floor(getBackend().threads / workers));

/** Does some work with the engine on one thread. */
export async function onOneThread<T>(work: () => Promise<T>): Promise<T> {
  const before = getBackend();
  const single = limitedBackend(before.name, 1) ?? before;
  setBackend(single);
  try {
    return await work();
  } finally {
    setBackend(before);
    if (single !== before) await single.dispose();
  }
}
