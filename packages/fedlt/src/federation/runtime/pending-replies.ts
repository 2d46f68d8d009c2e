import { onAbort } from "@deepgrain/support";
import { FedError } from "../../errors";
import type { Delivery } from "./transport";

/** The answers that a coordinator waits for, by client, round and kind. Each counts once. */
export interface PendingReplies {
  /** Waits for an answer. `onOpen` may send the task; the transport sends it again when a client reconnects. */
  wait(key: ReplyKey, signal?: AbortSignal): Promise<Delivery>;
  /** Delivers an answer. @returns its outcome */
  settle(key: ReplyKey, answer: () => Delivery): "taken" | "late" | "duplicate";
  /** Ends a wait with an error. */
  fail(key: ReplyKey, error: unknown): void;
  /** Rejects all waiting requests. */
  failAll(error: unknown): void;
}

/** The request that an answer belongs to. */
interface ReplyKey {
  readonly clientId: string;
  readonly round: number;
  readonly kind: string;
}

const keyText = ({ clientId, round, kind }: ReplyKey): string =>
  JSON.stringify([clientId, round, kind]);

interface Waiting {
  resolve(delivery: Delivery): void;
  reject(error: unknown): void;
}

/** An empty list of pending answers. */
export function createPendingReplies(): PendingReplies {
  const waiting = new Map<string, Waiting>();
  // The last task that each client answered: a second answer to it is a duplicate, others are late.
  const answered = new Map<string, string>();
  const remove = (key: string): Waiting | undefined => {
    const found = waiting.get(key);
    waiting.delete(key);
    return found;
  };
  return {
    wait: (replyKey, signal) => {
      const key = keyText(replyKey);
      return new Promise<Delivery>((resolve, reject) => {
        if (waiting.has(key)) {
          reject(
            new FedError(
              "ERR_STATE",
              `fedlt/transport: client ${replyKey.clientId} is already asked in round ${replyKey.round}`,
            ),
          );
          return;
        }
        const abort = () => {
          remove(key);
          reject(signal?.reason);
        };
        if (signal?.aborted) {
          abort();
          return;
        }
        const done = onAbort(signal, abort);
        waiting.set(key, {
          resolve: (delivery) => {
            done();
            resolve(delivery);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        });
      });
    },
    settle: (replyKey, answer) => {
      const key = keyText(replyKey);
      const found = remove(key);
      if (!found) return answered.get(replyKey.clientId) === key ? "duplicate" : "late";
      answered.set(replyKey.clientId, key);
      try {
        found.resolve(answer());
      } catch (error) {
        found.reject(error);
      }
      return "taken";
    },
    fail: (replyKey, error) => remove(keyText(replyKey))?.reject(error),
    failAll: (error) => {
      const all = [...waiting.values()];
      waiting.clear();
      for (const { reject } of all) reject(error);
    },
  };
}
