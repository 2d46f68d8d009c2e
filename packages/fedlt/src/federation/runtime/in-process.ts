import { takeTurn } from "@deepgrain/support";
import { FedError, functionOf, listOf, optionsOf, refuseUnknown } from "../../errors";
import type { LocalTrain } from "./task";
import { createListeners, payloadBytes, type Transport, type TransportEvent } from "./transport";

/** Options of `inProcessTransport`. */
export interface InProcessOptions {
  /** Ids of the clients. They may be virtual: 10,000 of them cost only their names. */
  readonly clients: readonly string[];
  /** Trains the client that the task names. */
  readonly train: LocalTrain;
}

/** Resolves when the work has ended or the signal is aborted, and removes its listener. */
function endOf(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal?.removeEventListener("abort", done);
      resolve();
    };
    signal?.addEventListener("abort", done);
    work.then(done, done);
  });
}

/**
 * Clients that run in this thread and train one after another: the embedded default, for simulations and tests. Models
 * are passed without copies, so `train` must not modify its task.
 *
 * @throws {FedError} `ERR_ARGUMENT` for a duplicate id
 */
export function inProcessTransport(options: InProcessOptions): Transport {
  const { clients, train, ...rest } = optionsOf("inProcessTransport", options);
  refuseUnknown("inProcessTransport", rest);
  listOf("inProcessTransport", "clients", clients);
  functionOf("inProcessTransport", "train", train);
  const ids = new Set(clients);
  if (ids.size !== clients.length)
    throw new FedError("ERR_ARGUMENT", "fedlt/inProcessTransport: client ids must differ");
  const nodes = [...ids].sort().map((id) => ({ id }));
  const events = createListeners<TransportEvent>();
  let last: Promise<void> = Promise.resolve();
  return {
    nodes: () => nodes,
    send: (clientId, task, { signal } = {}) =>
      new Promise((resolve, reject) => {
        const work = async () => {
          await takeTurn();
          signal?.throwIfAborted();
          if (!ids.has(clientId))
            throw new FedError(
              "ERR_TRANSPORT",
              `fedlt/inProcessTransport: there is no client ${clientId}`,
            );
          const update = await train(task, { signal });
          return { update, bytesDown: payloadBytes(task), bytesUp: payloadBytes(update) };
        };
        last = last.then(() => {
          const running = work();
          running.then(resolve, reject);
          // A client that ignores the abort must not block the next one.
          return endOf(running, signal);
        });
      }),
    onEvent: events.add,
    close: async () => undefined,
  };
}
