import { hashOf } from "@deepgrain/support/files";
import { type ConnectionOptions, Queue, QueueEvents } from "bullmq";
import { having, optionsOf, refuseUnknown, whole } from "../errors";
import type { Executed, Executor, RunTask } from "../run/executor";
import type { RunEvent } from "../study/study";

/** Name of the queue unless another is given. */
export const DEFAULT_QUEUE = "deepgrain-lab";

/** Which queue runs go through. */
export interface QueueOptions {
  /** A Redis or Valkey server: BullMQ's options, or an ioredis client with `maxRetriesPerRequest: null`. */
  connection: ConnectionOptions;
  /** Default `deepgrain-lab`. */
  queue?: string | undefined;
  /** Called for errors of the connection, which is then tried again. */
  onError?: ((error: Error) => void) | undefined;
}

/** How many runs are in the queue. */
export interface QueueExecutorOptions extends QueueOptions {
  /** Runs handed out at a time; workers take them as they are free. Default 64. */
  concurrency?: number | undefined;
}

/** Rejects with the signal's reason as soon as it aborts. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Identifies a run of a study in a folder, so that a task that comes again finds its job. */
const jobIdOf = ({ study, fingerprint, variant, seed, artifacts }: RunTask): string =>
  `run-${hashOf({ study, fingerprint, variant, seed, artifacts }, 24)}`;

/**
 * Hands runs to any number of `serveRuns`, on this machine or others, through BullMQ. A run has one job, named for study,
 * settings, variant, seed and folder: after a crash of this process the job and its result are found again, and a run that a
 * dying worker leaves is given to another. A study that uses `artifacts` needs a file system that all machines share.
 */
export function queueExecutor(options: QueueExecutorOptions): Executor {
  having("queueExecutor", "options", options, "connection");
  const {
    connection,
    queue: name = DEFAULT_QUEUE,
    onError = () => {},
    concurrency = 64,
    ...rest
  } = optionsOf("queueExecutor", options);
  refuseUnknown("queueExecutor", rest);
  whole("queueExecutor", "concurrency", concurrency, { min: 1 });
  const queue = new Queue<RunTask, Executed>(name, { connection }).on("error", onError);
  const events = new QueueEvents(name, { connection }).on("error", onError);
  const listeners = new Map<string, (event: RunEvent) => void>();
  events.on("progress", ({ jobId, data }) => listeners.get(jobId)?.(data as RunEvent));
  /** A job that a worker has stays, and its result waits for the next call. */
  const remove = async (jobId: string) => void (await queue.remove(jobId).catch(() => {}));
  return {
    concurrency,
    async execute(task, { signal, onEvent }) {
      const jobId = jobIdOf(task);
      listeners.set(jobId, onEvent);
      try {
        await untilAborted(events.waitUntilReady(), signal);
        if ((await queue.getJobState(jobId)) === "failed") await remove(jobId);
        const job = await queue.add(task.study, task, { jobId });
        return await untilAborted(job.waitUntilFinished(events), signal);
      } catch (error) {
        await remove(jobId);
        throw error;
      } finally {
        listeners.delete(jobId);
      }
    },
    settle: (task) => remove(jobIdOf(task)),
    async close() {
      await events.close();
      await queue.close();
    },
  };
}
