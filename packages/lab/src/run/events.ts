import { Readable } from "node:stream";

/**
 * Reads events to their end, for callers that want the result alone or draw progress by a callback. An event is handled
 * before the next is asked for; what the callback throws ends the events.
 * @returns what the events end with
 */
export async function drain<E, T>(
  events: AsyncGenerator<E, T, void>,
  onEvent: (event: E) => unknown = () => {},
): Promise<T> {
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      await onEvent(value);
    }
  } finally {
    await events.return(undefined as never); // runs what the generator has in `finally`
  }
}

/**
 * The events that a piece of work pushes, as an async iterable that ends, or throws, with the work.
 * @param stop called when the reader goes away early; the work is then waited for
 */
export async function* channel<E>(
  work: (push: (event: E) => void) => Promise<void>,
  stop: () => void,
): AsyncGenerator<E, void, void> {
  const events = new Readable({ objectMode: true, read() {} });
  const ended = work((event) => events.push(event)).finally(() => events.push(null));
  ended.catch(() => {});
  let isRead = false;
  try {
    yield* events;
    isRead = true;
    await ended;
  } finally {
    if (!isRead) stop();
    await ended.catch(() => {});
  }
}
