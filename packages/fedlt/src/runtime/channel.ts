/** Events that come from callbacks, to be read as an async iterable. */
export interface Channel<T> {
  push(value: T): void;
  /** Everything pushed since the last call. */
  drain(): T[];
  /** Resolves at the next push, or at once where something waits. */
  next(): Promise<void>;
}

/** A channel without limit. */
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
