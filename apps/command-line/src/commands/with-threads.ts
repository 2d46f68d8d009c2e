const VARIABLE = "DEEPGRAIN_THREADS";

/**
 * Does some work in which new backends of the engine have this many threads, also those of threads and processes that the work
 * starts.
 *
 * @param threads undefined for as many as there would be
 */
export async function withThreads<T>(
  threads: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (threads === undefined) return work();
  const before = process.env[VARIABLE];
  process.env[VARIABLE] = String(threads);
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
  }
}
