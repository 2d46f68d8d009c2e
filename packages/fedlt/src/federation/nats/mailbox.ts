import type { JsMsg } from "@nats-io/jetstream";

/** Answers that arrived before they were requested: those that a restarted coordinator finds. */
export interface Mailbox {
  put(clientId: string, task: string, round: number, message: JsMsg): void;
  /** Removes and returns the answer to a task. */
  take(clientId: string, task: string): JsMsg | undefined;
  forgetBefore(round: number): void;
}

interface Letter {
  readonly task: string;
  readonly round: number;
  readonly message: JsMsg;
}

/** Answers kept per client, so that no client can fill the memory. */
const MOST_LETTERS = 8;

/** An empty mailbox. */
export function createMailbox(): Mailbox {
  const letters = new Map<string, Letter[]>();
  return {
    put: (clientId, task, round, message) => {
      const own = (letters.get(clientId) ?? []).filter((letter) => letter.task !== task);
      letters.set(clientId, [...own, { task, round, message }].slice(-MOST_LETTERS));
    },
    take: (clientId, task) => {
      const own = letters.get(clientId) ?? [];
      letters.set(
        clientId,
        own.filter((letter) => letter.task !== task),
      );
      return own.find((letter) => letter.task === task)?.message;
    },
    forgetBefore: (round) => {
      for (const [clientId, own] of letters)
        letters.set(
          clientId,
          own.filter((letter) => letter.round >= round),
        );
    },
  };
}
