import { type ConnectionOptions, type Job, Queue, UnrecoverableError, Worker } from "bullmq";
import { annotateSolution } from "../annotate/annotate-solution";
import { createAnnotationStore } from "../annotate/annotation-store";
import type { LabelledSolution } from "../annotate/step-value";
import type { AlgebraSystem } from "../answers/equal-expressions";
import type { Completer } from "../completers/completer";
import { having, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import { type AnnotationJobData, defaultQueueName, readAnnotationJob } from "./annotation-job";
import { mostLogLines, readLogLine } from "./job-results";

/** Options of {@link createAnnotationWorker}. */
export interface AnnotationWorkerOptions {
  /** The Redis or Valkey connection, passed to BullMQ. */
  readonly connection: ConnectionOptions;
  readonly completer: Completer;
  /** Default `"prm-annotate"`. */
  readonly queueName?: string | undefined;
  /** Solutions processed at a time. Default 1. */
  readonly concurrency?: number | undefined;
  /**
   * After this time without a sign of life, in milliseconds, a worker's job is passed to another worker. Default 30,000.
   */
  readonly lockMs?: number | undefined;
  /** Interval between checks for jobs of dead workers, in milliseconds. Default 30,000. */
  readonly stalledIntervalMs?: number | undefined;
  /** As for `createAnswerChecker`. Set here because a job cannot contain a function. */
  readonly algebra?: AlgebraSystem | undefined;
  /** Called for failed jobs and lost connections. Default: nothing; failed jobs also reach the producer. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** A worker that processes annotation jobs until it is closed. */
export interface AnnotationWorker {
  /** Waits for the solutions in progress and releases the connection. */
  close(): Promise<void>;
}

/** A job can be resumed any number of times when workers die. */
const stalledWithoutLimit = 1_000_000;

/**
 * Starts a worker that annotates solutions from a queue. Each completion is stored with its job immediately, so that
 * another worker can continue the job of a dead one where it was. If two workers process the same job, both produce the
 * same result, since seeds come from the job.
 *
 * @throws {PrmError} `ERR_RANGE` for times and counts out of range
 */
export function createAnnotationWorker(options: AnnotationWorkerOptions): AnnotationWorker {
  const {
    connection,
    completer,
    queueName = defaultQueueName,
    concurrency = 1,
    lockMs = 30_000,
    stalledIntervalMs = 30_000,
    algebra,
    onError = () => undefined,
    ...rest
  } = optionsOf("createAnnotationWorker", options);
  refuseUnknown("createAnnotationWorker", rest);
  having("createAnnotationWorker", "options", options, "connection", "completer");
  whole("createAnnotationWorker", "concurrency", concurrency, { min: 1 });
  whole("createAnnotationWorker", "lockMs", lockMs, { min: 1 });
  whole("createAnnotationWorker", "stalledIntervalMs", stalledIntervalMs, { min: 1 });
  const queue = new Queue(queueName, { connection });

  async function process(job: Job<AnnotationJobData, LabelledSolution>) {
    const store = createAnnotationStore(async (entry) => {
      if (entry.type !== "solution") await job.log(JSON.stringify(entry)); // The result is the job's return value.
    });
    try {
      const { solution, settings } = readAnnotationJob(job.data, algebra);
      const { logs } = await queue.getJobLogs(job.id!, 0, mostLogLines(solution, settings.n));
      for (const line of logs) store.load(readLogLine(line, solution, settings.n));
      return await annotateSolution(solution, { ...settings, completer }, store);
    } catch (error) {
      const isFinal = PrmError.isInstance(error) && finalCodes.has(error.code);
      throw isFinal ? new UnrecoverableError(error.message) : error;
    }
  }

  const worker = new Worker<AnnotationJobData, LabelledSolution>(queueName, process, {
    connection,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount: stalledWithoutLimit,
  });
  worker.on("error", onError);
  worker.on("failed", (_, error) => onError(error));
  queue.on("error", onError);
  return {
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}

/** Errors that a retry does not fix. */
const finalCodes = new Set<string>([
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_FORMAT",
  "ERR_BUDGET",
  "ERR_QUEUE",
]);
