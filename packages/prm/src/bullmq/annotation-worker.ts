import { type ConnectionOptions, type Job, Queue, UnrecoverableError, Worker } from "bullmq";
import { annotateSolution } from "../annotate/annotate-solution";
import { type AnnotationEntry, createAnnotationStore } from "../annotate/annotation-store";
import type { LabelledSolution } from "../annotate/step-value";
import type { AlgebraSystem } from "../answers/equal-expressions";
import { checkCount } from "../check";
import type { Completer } from "../completers/completer";
import { PrmError } from "../errors";
import { type AnnotationJobData, defaultQueueName, readAnnotationJob } from "./annotation-job";

/** Options of {@link createAnnotationWorker}. */
export interface AnnotationWorkerOptions {
  /** Passed on to BullMQ; Redis or Valkey. */
  readonly connection: ConnectionOptions;
  readonly completer: Completer;
  /** Default `"prm-annotate"`. */
  readonly queueName?: string | undefined;
  /** Solutions at a time. Default 1. */
  readonly concurrency?: number | undefined;
  /** After so long without a sign of life a worker's job goes to another. Default 30,000. */
  readonly lockMs?: number | undefined;
  /** How often jobs of dead workers are looked for. Default 30,000. */
  readonly stalledIntervalMs?: number | undefined;
  /** As for `createAnswerChecker`; a function cannot travel in a job. */
  readonly algebra?: AlgebraSystem | undefined;
  /** Called for failed jobs and lost connections. Default: nothing; failed jobs also reach the producer. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** A worker that takes annotation jobs until it is closed. */
export interface AnnotationWorker {
  /** Waits for the solutions in progress and releases the connection. */
  close(): Promise<void>;
}

/** A job can be taken up again as often as workers die. */
const stalledWithoutLimit = 1_000_000;

/**
 * Starts a worker. Each completion is kept with its job at once, so that whoever takes the job over from a dead worker
 * goes on where it was. Should two work on one job, both make the same result: seeds come from the job.
 *
 * @throws {PrmError} `ERR_RANGE` for times and counts out of range
 */
export function createAnnotationWorker({
  connection,
  completer,
  queueName = defaultQueueName,
  concurrency = 1,
  lockMs = 30_000,
  stalledIntervalMs = 30_000,
  algebra,
  onError = () => undefined,
}: AnnotationWorkerOptions): AnnotationWorker {
  checkCount("createAnnotationWorker", "concurrency", concurrency);
  checkCount("createAnnotationWorker", "lockMs", lockMs);
  checkCount("createAnnotationWorker", "stalledIntervalMs", stalledIntervalMs);
  const queue = new Queue(queueName, { connection });

  async function process(job: Job<AnnotationJobData, LabelledSolution>) {
    const store = createAnnotationStore(async (entry) => {
      if (entry.type !== "solution") await job.log(JSON.stringify(entry)); // the result is the job's value
    });
    const { logs } = await queue.getJobLogs(job.id!);
    for (const line of logs) store.load(JSON.parse(line) as AnnotationEntry);
    try {
      const { solution, settings } = readAnnotationJob(job.data, algebra);
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

/** Trying again changes nothing about these. */
const finalCodes = new Set<string>(["ERR_ARGUMENT", "ERR_RANGE", "ERR_FORMAT", "ERR_BUDGET"]);
