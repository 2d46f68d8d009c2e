import { FedError, functionOf, having, listOf, optionsOf, refuseUnknown } from "../../errors";
import type { FitTask, FitUpdate, LocalTrain } from "../runtime/task";
import {
  createListeners,
  payloadBytes,
  type Transport,
  type TransportEvent,
} from "../runtime/transport";
import { mapTensors, type ReadonlyTensors } from "../tensors/named-tensors";

/** A pool of workers: the part of a `Piscina` of piscina 5 that is used here, or `webWorkerPool`. */
export interface WorkerPool {
  run(task: unknown, options: { name: string; signal?: AbortSignal }): Promise<unknown>;
}

/** Options of `workerTransport`. */
export interface WorkerTransportOptions {
  /** For example `new Piscina({ filename, maxThreads: 2 })`; the file exports `train`, made by `workerTrain`. */
  readonly pool: WorkerPool;
  readonly clients: readonly string[];
  /** Name of the worker file's export. Default `"train"`. */
  readonly name?: string | undefined;
}

/** Copies tensors into shared memory, so that every thread reads the same bytes; where there is none, each gets a copy. */
function sharedTensors(tensors: ReadonlyTensors): ReadonlyTensors {
  if (typeof SharedArrayBuffer === "undefined") return tensors;
  return mapTensors(tensors, ({ data }) => {
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    return shared;
  });
}

/** The result of a worker. */
export type WorkerAnswer =
  | { readonly update: FitUpdate }
  | { readonly code: string; readonly message: string };

/**
 * Clients that train in worker threads, one task per client and round. Results are bit-identical for any number of
 * threads, since a task draws from its own random stream and sums run in the order of client ids. The global model is in
 * shared memory; in a page that is not cross-origin isolated, which has none, every task carries a copy.
 *
 * @throws {FedError} `ERR_ARGUMENT` for a duplicate id; when sending, the error of the training
 */
export function workerTransport(options: WorkerTransportOptions): Transport {
  const { pool, clients, name = "train", ...rest } = optionsOf("workerTransport", options);
  refuseUnknown("workerTransport", rest);
  having("workerTransport", "pool", pool, "run");
  listOf("workerTransport", "clients", clients);
  const ids = new Set(clients);
  if (ids.size !== clients.length)
    throw new FedError("ERR_ARGUMENT", "fedlt/workerTransport: client ids must differ");
  const nodes = [...ids].sort().map((id) => ({ id }));
  const events = createListeners<TransportEvent>();
  // One copy of each model that is being sent; strategies send the same one to all clients.
  const shared = new WeakMap<ReadonlyTensors, ReadonlyTensors>();
  const share = (params: ReadonlyTensors): ReadonlyTensors => {
    const found = shared.get(params) ?? sharedTensors(params);
    shared.set(params, found);
    return found;
  };
  return {
    nodes: () => nodes,
    send: async (clientId, task, { signal } = {}) => {
      if (!ids.has(clientId))
        throw new FedError(
          "ERR_TRANSPORT",
          `fedlt/workerTransport: there is no client ${clientId}`,
        );
      const answer = (await pool.run(
        { ...task, params: share(task.params) },
        signal ? { name, signal } : { name },
      )) as WorkerAnswer;
      if (!("update" in answer))
        throw new FedError("ERR_DATA", answer.message, { fields: { clientId, code: answer.code } });
      return {
        update: answer.update,
        bytesDown: payloadBytes(task),
        bytesUp: payloadBytes(answer.update),
      };
    },
    onEvent: events.add,
    close: async () => undefined,
  };
}

/**
 * The export of a worker file: `export const train = workerTrain(createTrainer(…))`. Errors are passed as their code
 * and message, since their class would be lost between threads.
 */
export function workerTrain(
  train: LocalTrain,
): (
  task: FitTask,
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<WorkerAnswer> {
  functionOf("workerTrain", "train", train);
  return async (task, { signal } = {}) => {
    try {
      return { update: await train(task, { signal }) };
    } catch (error) {
      const code = FedError.isInstance(error) ? error.code : "ERR_CLIENT";
      return { code, message: error instanceof Error ? error.message : String(error) };
    }
  };
}
