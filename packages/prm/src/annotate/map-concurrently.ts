import { takeTurn } from "@deepgrain/support";
/** A queue between producers that push and one consumer that iterates. */
export function createEventQueue<E>() {
  const events: E[] = [];
  let wake: () => void = () => undefined;
  let isClosed = false;
  return {
    push(event: E): void {
      events.push(event);
      wake();
    },
    close(): void {
      isClosed = true;
      wake();
    },
    async *drain(): AsyncGenerator<E, void> {
      for (;;) {
        while (events.length > 0) yield events.shift()!;
        if (isClosed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/**
 * Processes a limited number of items at a time and yields their events as they occur. The first failure stops the
 * others through their signal; it is thrown once they have ended and their events are yielded.
 *
 * @param endsGently whether after this failure the items in progress may go on to their own end; only no further ones are begun.
 *   Default: never
 */
export async function* mapConcurrently<T, E>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  work: (item: T, push: (event: E) => void, signal: AbortSignal) => Promise<void>,
  outer?: AbortSignal,
  endsGently: (error: unknown) => boolean = () => false,
): AsyncGenerator<E, void> {
  const queue = createEventQueue<E>();
  const stop = new AbortController();
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal;
  const source =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let failure: { error: unknown } | undefined;

  async function worker(): Promise<void> {
    try {
      while (!failure) {
        await takeTurn();
        signal.throwIfAborted();
        const next = await source.next();
        if (next.done) return;
        await work(next.value, queue.push, signal);
      }
    } catch (error) {
      failure ??= { error };
      if (!endsGently(error)) stop.abort(error);
    }
  }

  const all = Promise.all(Array.from({ length: concurrency }, worker)).then(queue.close);
  try {
    yield* queue.drain();
    if (failure) throw failure.error;
  } finally {
    stop.abort(new DOMException("the consumer stopped iterating", "AbortError"));
    await all;
    await source.return?.(undefined as never);
  }
}
