import { having } from "../errors";

/**
 * Reads events to their end and returns the result, for callers that do not need the events, or that draw progress in a
 * callback. An event is handled before the next is asked for; what the callback throws ends the events.
 * @returns what the events end with
 */
export async function drain<E, T>(
  events: AsyncGenerator<E, T, void>,
  onEvent: (event: E) => unknown = () => {},
): Promise<T> {
  having("drain", "events", events, "next", "return", "throw");
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
 * @param work gets a function that resolves when the reader is done with the event, for work that waits for its reader
 * @param stop called when the reader goes away early; the work is then waited for
 */
export async function* channel<E>(
  work: (push: (event: E) => Promise<void>) => Promise<void>,
  stop: () => void,
): AsyncGenerator<E, void, void> {
  const waiting: { event: E; handled: () => void }[] = [];
  let wake = () => {};
  let isOpen = true;
  let isDone = false;
  const push = (event: E) =>
    new Promise<void>((handled) => {
      if (!isOpen) return handled();
      waiting.push({ event, handled });
      wake();
    });
  const ended = work(push).finally(() => {
    isDone = true;
    wake();
  });
  ended.catch(() => {});
  let isRead = false;
  let current = () => {};
  try {
    while (waiting.length > 0 || !isDone) {
      const next = waiting.shift();
      if (!next) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      current = next.handled;
      yield next.event;
      current();
    }
    isRead = true;
    await ended;
  } finally {
    isOpen = false;
    if (!isRead) stop();
    for (const handled of [current, ...waiting.map((left) => left.handled)]) handled();
    await ended.catch(() => {});
  }
}
