/**
 * Runs a study's variants in child processes of this machine.
 *
 * @packageDocumentation
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { optionsOf, refuseUnknown, whole } from "../errors";
import type { Executor } from "../run/executor";
import type { RunEvent } from "../study/study";

/** As many as there are processor cores, at most 8. */
export const defaultThreads = (): number => Math.min(availableParallelism(), 8);

/**
 * Does runs in worker threads, which import the study from its `module`. A run under way when the study is aborted is ended
 * from outside.
 *
 * @param options.threads runs at a time, each in its own thread; default: the number of processor cores, at most 8
 * @param options.threadsEach threads that each run is told to use; default: its share of the cores, at least 1
 * @throws {LabError} `ERR_RANGE` for fewer than one thread
 */
export function workers(
  options: { threads?: number | undefined; threadsEach?: number | undefined } = {},
): Executor {
  const {
    threads = defaultThreads(),
    threadsEach = Math.max(1, Math.floor(availableParallelism() / threads)),
    ...rest
  } = optionsOf("workers", options);
  refuseUnknown("workers", rest);
  whole("workers", "threads", threads, { min: 1 });
  whole("workers", "threadsEach", threadsEach, { min: 1 });
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./worker-thread.js", import.meta.url)),
    name: "work",
    minThreads: 0,
    idleTimeout: 60_000, // a thread keeps what its runs have loaded
    maxThreads: threads,
  });
  const listeners = new Map<number, (event?: RunEvent) => void>();
  pool.on("message", ({ id, event }) => listeners.get(id)?.(event));
  let last = 0;
  return {
    concurrency: threads,
    async execute(task, { signal, onEvent }) {
      const id = last++;
      // Results come by another way than events and may overtake them.
      const saidAll = new Promise<void>((resolve) => {
        listeners.set(id, (event) => (event ? onEvent(event) : resolve()));
      });
      try {
        const result = await pool.run({ id, task, threads: threadsEach }, { signal });
        await saidAll;
        return { result };
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        listeners.delete(id);
      }
    },
    close: () => pool.destroy(),
  };
}
