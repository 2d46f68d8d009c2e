import { type BlobFormat, decodeTask, encodeFailure, encodeUpdate, type Message } from "./messages";
import type { LocalTrain } from "./task";

/** Answers messages for one client. */
export interface Responder {
  /** The answer to a task; undefined when a newer round called it off. */
  respond(task: Message): Promise<Message | undefined>;
  /** Calls off what is under way. */
  stop(): void;
}

/**
 * A client's side of the protocol. A task that comes again is not trained again: it gets the answer that was or is being
 * computed. A task of another round calls off the old one.
 */
export function createResponder(train: LocalTrain): Responder {
  let key = "";
  let answer: Promise<Message | undefined> = Promise.resolve(undefined);
  let work = new AbortController();

  async function compute(received: Message, signal: AbortSignal): Promise<Message | undefined> {
    const { header } = received;
    try {
      const update = await train(decodeTask(received), { signal });
      return encodeUpdate(header, update, { format: header.format as BlobFormat });
    } catch (error) {
      return signal.aborted ? undefined : encodeFailure(header, error);
    }
  }

  return {
    respond: (received) => {
      const { round, kind, checksum } = received.header;
      const own = JSON.stringify([round, kind, checksum, received.header.body]);
      if (own !== key) {
        work.abort();
        work = new AbortController();
        key = own;
        answer = compute(received, work.signal);
      }
      return answer;
    },
    stop: () => work.abort(),
  };
}
