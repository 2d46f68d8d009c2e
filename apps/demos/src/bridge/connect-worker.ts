import type { FromWorker, Methods, Port, ToWorker } from "./messages";
import { WorkerError } from "./worker-error";

/** The part of a worker that is used. */
export interface WorkerPort extends Port {
  terminate(): void;
  onerror: ((event: { message?: string }) => void) | null;
}

type Event<M extends Methods, Name extends keyof M> =
  ReturnType<M[Name]> extends AsyncIterable<infer T> ? T : never;

/** The page's end of a worker, which starts at the first call. */
export interface WorkerConnection<M extends Methods> {
  /**
   * Runs a method. Ending the loop over its events, or the signal, stops it.
   * @throws {WorkerError} what the method throws, and `ERR_WORKER` if the worker fails; the signal's reason on abort
   */
  run<Name extends keyof M & string>(
    method: Name,
    argument: Parameters<M[Name]>[0],
    signal?: AbortSignal,
  ): AsyncGenerator<Event<M, Name>, void>;
  /** Lets work rest, or go on. */
  pause(isPaused: boolean): void;
  /** Ends the worker and all its calls; the next call starts another. */
  end(): void;
}

type Listener = (message: FromWorker) => void;

/** @param open starts the worker */
export function connectWorker<M extends Methods>(open: () => WorkerPort): WorkerConnection<M> {
  let worker: WorkerPort | undefined;
  let isPaused = false;
  let calls = 0;
  const listeners = new Map<number, Listener>();

  function fail(message: string): void {
    const error = { name: "WorkerError", message };
    for (const [id, listen] of [...listeners]) listen({ type: "error", id, error });
  }

  function start(): WorkerPort {
    const started = open();
    started.onmessage = ({ data }) => {
      const message = data as FromWorker;
      listeners.get(message.id)?.(message);
    };
    started.onerror = ({ message }) => {
      end(message ?? "the worker could not be loaded");
    };
    started.postMessage({ type: "pause", isPaused } satisfies ToWorker);
    return started;
  }

  function end(reason: string): void {
    worker?.terminate();
    worker = undefined;
    fail(reason);
  }

  async function* run(method: string, argument: unknown, signal?: AbortSignal) {
    signal?.throwIfAborted();
    worker ??= start();
    const own = worker;
    const id = calls++;
    const inbox: FromWorker[] = [];
    let wake = () => {};
    let isOver = false;
    listeners.set(id, (message) => {
      inbox.push(message);
      wake();
    });
    const abort = () => wake();
    signal?.addEventListener("abort", abort);
    own.postMessage({ type: "call", id, method, argument } satisfies ToWorker);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const message = inbox.shift();
        if (!message) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        if (message.type === "event") {
          yield message.event;
          continue;
        }
        isOver = true;
        if (message.type === "error") throw new WorkerError(message.error);
        return;
      }
    } finally {
      listeners.delete(id);
      signal?.removeEventListener("abort", abort);
      if (!isOver) own.postMessage({ type: "stop", id } satisfies ToWorker);
    }
  }

  return {
    run: run as WorkerConnection<M>["run"],
    pause(value) {
      isPaused = value;
      worker?.postMessage({ type: "pause", isPaused } satisfies ToWorker);
    },
    end: () => end("the worker was ended"),
  };
}
