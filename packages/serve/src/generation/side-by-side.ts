/** A source that has started: its iterator, and what its next item will be. */
interface Started<T> {
  readonly items: AsyncIterator<T>;
  next: Promise<Settled<T>>;
}

type Settled<T> = { at: number; result: IteratorResult<T> } | { at: number; error: unknown };

/**
 * The items of several sources as they come. A source that finds its server busy waits until another one of these has ended.
 *
 * @param starts start the sources
 * @param isBusy tells whether an error means that the source may be started again later; default: none does
 * @throws the first other error of a source, and one of a busy server when no source is left that could end
 */
export async function* sideBySide<T>(
  starts: readonly (() => AsyncIterable<T>)[],
  isBusy: (error: unknown) => boolean = () => false,
): AsyncGenerator<T, void, undefined> {
  const started = new Map<number, Started<T>>();
  const parked: number[] = [];
  const ask = (at: number, items: AsyncIterator<T>): Promise<Settled<T>> =>
    items.next().then(
      (result) => ({ at, result }),
      (error: unknown) => ({ at, error }),
    );
  const begin = (at: number) => {
    const items = starts[at]!()[Symbol.asyncIterator]();
    started.set(at, { items, next: ask(at, items) });
  };
  try {
    for (const at of starts.keys()) begin(at);
    while (started.size > 0) {
      const settled = await Promise.race(Array.from(started.values(), ({ next }) => next));
      const { at } = settled;
      if ("error" in settled) {
        started.delete(at);
        if (!isBusy(settled.error) || started.size === 0) throw settled.error;
        parked.push(at);
      } else if (settled.result.done) {
        started.delete(at);
        const waiting = parked.shift();
        if (waiting !== undefined) begin(waiting);
      } else {
        const one = started.get(at)!;
        one.next = ask(at, one.items);
        yield settled.result.value;
      }
    }
  } finally {
    for (const { items } of started.values()) void items.return?.();
  }
}
