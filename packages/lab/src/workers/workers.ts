import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import type { Executor } from "../run/executor";

/** As many as there are processor cores, at most 8. */
export const defaultThreads = (): number => Math.min(availableParallelism(), 8);

/**
 * Does runs in worker threads, which import the study from its `module`. A run under way when the study is aborted is ended
 * from outside.
 *
 * @param options.threads runs at a time, each with its own thread; default: the number of processor cores, at most 8
 */
export function workers({ threads = defaultThreads() }: { threads?: number } = {}): Executor {
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./worker-thread.js", import.meta.url)),
    name: "work",
    minThreads: 0,
    idleTimeout: 60_000, // a thread keeps what its runs have loaded
    maxThreads: threads,
    concurrentTasksPerWorker: 1, // a worker keeps its event loop for its run
  });
  return {
    concurrency: threads,
    async execute(task, { signal, onEvent }) {
      const { port1: events, port2: port } = new MessageChannel();
      const ended = once(events.on("message", onEvent), "close");
      try {
        const result = await pool.run({ task, port }, { transferList: [port], signal });
        await ended; // a result may overtake the events before it
        return { result };
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        events.close();
      }
    },
    close: () => pool.destroy(),
  };
}
