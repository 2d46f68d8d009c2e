import { onAbort } from "@deepgrain/support";
import { refuseBusy } from "../http/refusal";

/** Work of one key's requests, one after another: nobody has two at a time. */
export type LineByKey = <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Resolves when the one before is done; rejects when the request is given up. */
const placeAfter = (before: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason));
    void before.then(() => {
      forget();
      resolve();
    });
  });

/**
 * Lets the requests of each key work one after another.
 *
 * @param most requests of one key, those that wait included
 * @throws {ServeError} `ERR_REQUEST`, status 429, for one more
 */
export function lineByKey(most: number): LineByKey {
  const lines = new Map<string, { last: Promise<void>; count: number }>();
  return async (key, signal, work) => {
    signal.throwIfAborted();
    const line = lines.get(key) ?? { last: Promise.resolve(), count: 0 };
    if (line.count >= most) refuseBusy();
    lines.set(key, line);
    line.count++;
    const before = line.last;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    line.last = before.then(() => finished);
    try {
      await placeAfter(before, signal);
      return await work();
    } finally {
      finish();
      line.count--;
      if (line.count === 0) lines.delete(key);
    }
  };
}
