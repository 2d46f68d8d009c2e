/** Runs an async generator to its end. */
export async function collect<E, R>(
  run: AsyncGenerator<E, R>,
): Promise<{ events: E[]; result: R }> {
  const events: E[] = [];
  for (;;) {
    const { done, value } = await run.next();
    if (done) return { events, result: value };
    events.push(value);
  }
}
