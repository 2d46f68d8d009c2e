import type { BatcherRequest, BatcherStream } from "./batcher";
import { EventQueue } from "./event-queue";

/** The stream of a request for which something is still to be made: events pass through it once it is. */
export function streamAfter(
  { samples = 1, signal }: BatcherRequest,
  begin: (signal: AbortSignal) => Promise<BatcherStream>,
): BatcherStream {
  const gone = new AbortController();
  const stopped: number[] = [];
  let inner: BatcherStream | undefined;
  const leave = (sample?: number) => {
    if (sample === undefined) {
      gone.abort();
      void inner?.return();
    } else if (inner) inner.stop(sample);
    else stopped.push(sample);
  };
  const outer = new EventQueue(samples, leave, signal);
  const forward = async () => {
    inner = await begin(gone.signal);
    if (outer.isEnded) await inner.return();
    for (const sample of stopped) inner.stop(sample);
    for await (const event of inner) outer.push(event);
  };
  forward().catch((error) => outer.fail(error));
  return outer;
}
