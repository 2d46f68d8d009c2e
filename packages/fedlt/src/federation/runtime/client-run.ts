import type { ClientEvent } from "./client-events";

/** Events kept while nobody reads them. */
const MOST_UNREAD = 256;

/**
 * A client that takes part. It has started already: await `done`, or read its events, or both. Leaving the loop over its
 * events leaves the federation.
 */
export interface ClientRun extends AsyncIterable<ClientEvent> {
  /** Resolves when the coordinator has ended the run or the signal was aborted; rejects with the client's error. */
  readonly done: Promise<void>;
}

/**
 * Starts a client.
 * @param events takes part until it is over or the signal is aborted
 */
export function startClient(
  events: (signal: AbortSignal) => AsyncGenerator<ClientEvent, void>,
  signal: AbortSignal | undefined,
): ClientRun {
  const leaving = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const unread: ClientEvent[] = [];
  let isOver = false;
  let isRead = false;
  let wake = () => {};
  const take = async () => {
    try {
      for await (const event of events(stopped)) {
        unread.push(event);
        if (!isRead && unread.length > MOST_UNREAD) unread.shift();
        wake();
      }
    } finally {
      isOver = true;
      wake();
    }
  };
  const done = take();
  async function* read(): AsyncGenerator<ClientEvent, void> {
    try {
      for (;;) {
        while (unread.length > 0) yield unread.shift()!;
        if (isOver) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      await done;
    } finally {
      leaving.abort();
    }
  }
  return {
    done,
    [Symbol.asyncIterator]: () => {
      isRead = true;
      done.catch(() => undefined); // the reader gets the error
      return read();
    },
  };
}
