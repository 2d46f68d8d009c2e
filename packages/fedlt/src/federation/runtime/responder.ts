import {
  answerTo,
  decodeTask,
  encodeFailure,
  encodeUpdate,
  type Message,
  taskId,
} from "./messages";
import type { LocalTrain } from "./task";

/** Answers messages for one client. */
export interface Responder {
  /** The answer to a task; undefined when a newer round cancelled it. */
  respond(task: Message): Promise<Message | undefined>;
  /** Cancels the current task. */
  stop(): void;
}

/**
 * A client's side of the protocol. A repeated task is not trained again: it gets the answer that was or is being
 * computed. A task of another round cancels the old one.
 */
export function createResponder(train: LocalTrain): Responder {
  let key = "";
  let answer: Promise<Message | undefined> = Promise.resolve(undefined);
  let work = new AbortController();

  async function compute(received: Message, signal: AbortSignal): Promise<Message | undefined> {
    const { header } = received;
    try {
      const update = await train(decodeTask(received), { signal });
      return answerTo(received, encodeUpdate(header, update, { format: header.format }));
    } catch (error) {
      return signal.aborted ? undefined : answerTo(received, encodeFailure(header, error));
    }
  }

  return {
    respond: (received) => {
      const own = taskId(received);
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
