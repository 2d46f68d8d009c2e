import { once } from "node:events";
import { provenance } from "@deepgrain/support/files";
import { type Job, WaitingError, Worker } from "bullmq";
import { having, optionsOf, refuseUnknown } from "../errors";
import { driveRun, importStudy, throttled } from "../run/drive-run";
import { channel } from "../run/events";
import { type Executed, type Executor, inProcess, type RunTask } from "../run/executor";
import { DEFAULT_QUEUE, type QueueOptions } from "./queue-executor";

/** How runs are taken from the queue. */
export interface ServeRunsOptions extends QueueOptions {
  /** Where this machine does them: in process (default) or in `workers()`, as many at a time as that does. */
  executor?: Executor | undefined;
  /** Ends the service; runs under way go back to the queue. */
  signal: AbortSignal;
  /** Where this machine has a study's module. Default: where the sender has it. */
  resolveModule?: ((module: string) => string) | undefined;
  /** A run is given to another worker after so long without a sign of life. Default 60,000. */
  lockMs?: number | undefined;
  /** How often such runs are looked for. Default 30,000. */
  stalledMs?: number | undefined;
}

/** An event of a service. */
export type ServiceEvent = { study: string; variant: string; seed: number } & (
  | { type: "run-start" | "run-end" }
  | { type: "run-failed"; message: string }
);

/**
 * Executes runs that `queueExecutor` hands out, until the signal ends it. Any number of machines and processes may serve
 * one queue.
 *
 * @yields when runs start and end
 */
export async function* serveRuns(
  options: ServeRunsOptions,
): AsyncGenerator<ServiceEvent, void, void> {
  having("serveRuns", "options", options, "signal", "connection");
  const {
    connection,
    queue = DEFAULT_QUEUE,
    onError = () => {},
    executor = inProcess(),
    signal: end,
    resolveModule = (module: string) => module,
    lockMs = 60_000,
    stalledMs = 30_000,
    ...rest
  } = optionsOf("serveRuns", options);
  refuseUnknown("serveRuns", rest);
  const stop = new AbortController();
  const signal = AbortSignal.any([end, stop.signal]);

  async function work(job: Job<RunTask, Executed>): Promise<Executed> {
    const { module } = job.data;
    const task = { ...job.data, module: module === undefined ? undefined : resolveModule(module) };
    const onEvent = throttled((event) => void job.updateProgress(event).catch(onError));
    const here = async (own: RunTask) => driveRun(await importStudy(own), own, { signal, onEvent });
    const { result } = await executor.execute(task, { signal, onEvent, here });
    return { result, provenance: await provenance(task.module) };
  }

  yield* channel<ServiceEvent>(
    async (push) => {
      const run = async (job: Job<RunTask, Executed>, token?: string) => {
        const { study, variant, seed } = job.data;
        push({ type: "run-start", study, variant, seed });
        try {
          const done = await work(job);
          push({ type: "run-end", study, variant, seed });
          return done;
        } catch (error) {
          if (signal.aborted) {
            await job.moveToWait(token); // for another worker
            throw new WaitingError();
          }
          const { message } = error as Error;
          push({ type: "run-failed", study, variant, seed, message });
          throw error;
        }
      };
      const worker = new Worker<RunTask, Executed>(queue, run, {
        connection,
        concurrency: executor.concurrency,
        lockDuration: lockMs,
        stalledInterval: stalledMs,
        maxStalledCount: 10, // runs that dying workers leave more often count as failed
      }).on("error", onError);
      if (!signal.aborted) await once(signal, "abort");
      await worker.close();
      await executor.close?.();
    },
    () => stop.abort(),
  );
}
