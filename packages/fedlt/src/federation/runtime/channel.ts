/** Turns events from callbacks into an async iterable. */
export interface Channel<T> {
  push(value: T): void;
  /** Everything pushed since the last call. */
  drain(): T[];
  /** Resolves at the next push, or at once if something is waiting. */
  next(): Promise<void>;
}

/** An unbounded channel. */
export function createChannel<T>(): Channel<T> {
  let waiting: T[] = [];
  let wake = () => {};
  return {
    push: (value) => {
      waiting.push(value);
      wake();
    },
    drain: () => {
      const values = waiting;
      waiting = [];
      return values;
    },
    next: () =>
      waiting.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            wake = resolve;
          }),
  };
}
