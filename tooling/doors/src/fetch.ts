/** @file Answers of servers that are not there: for doors that use the global `fetch`. */

/** Does some work while the global `fetch` is another function. */
export async function withFetch<T>(
  fetch: typeof globalThis.fetch,
  work: () => Promise<T>,
): Promise<T> {
  const before = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    return await work();
  } finally {
    globalThis.fetch = before;
  }
}
