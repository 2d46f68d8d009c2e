/**
 * The events that a piece of work pushes, as an async iterable that ends with the work.
 *
 * @param stop called when the reader goes away early; the work is then waited for
 * @throws what the work throws
 */
export async function* channel<E>(
  work: (push: (event: E) => void) => Promise<void>,
  stop: () => void,
): AsyncGenerator<E, void, void> {
  const waiting: E[] = [];
  let wake = () => {};
  let isEnded = false;
  const push = (event: E) => {
    waiting.push(event);
    wake();
  };
  const ended = work(push).finally(() => {
    isEnded = true;
    wake();
  });
  ended.catch(() => {});
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift()!;
      if (isEnded) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    await ended;
  } finally {
    if (!isEnded) stop();
    await ended.catch(() => {});
  }
}
