import { takeTurn } from "@deepgrain/support";
import { type ConnectionOptions, type Job, Queue, QueueEvents } from "bullmq";
import type { AnnotateEvent } from "../annotate/annotate-events";
import { createSums } from "../annotate/annotate-sums";
import { type AnnotationSettings, settingsOf } from "../annotate/annotation-options";
import { type AnnotationStore, createAnnotationStore } from "../annotate/annotation-store";
import { createEventQueue } from "../annotate/map-concurrently";
import type { LabelledSolution } from "../annotate/step-value";
import { orAbort } from "../completers/wait";
import { optionsOf, PrmError, whole } from "../errors";
import { checkedRows } from "../solutions/checked-rows";
import type { Solution } from "../solutions/solution";
import { type AnnotationJobData, annotationJob, defaultQueueName } from "./annotation-job";
import { mostLogLines, readLogLine, readReturnValue } from "./job-results";

/** Options of {@link annotateByQueue}. */
export interface AnnotateByQueueOptions extends AnnotationSettings {
  /** The Redis or Valkey connection, passed to BullMQ. */
  readonly connection: ConnectionOptions;
  /** Name of the run, without `:`. A restarted producer with the same name finds its jobs. */
  readonly runId: string;
  /** Default `"prm-annotate"`. */
  readonly queueName?: string | undefined;
  /** Maximum attempts per solution when the completer fails. Default 3. */
  readonly attempts?: number | undefined;
  /**
   * Maximum wait for the server at the start, in milliseconds; later losses of the connection are waited out. Default
   * 20,000.
   */
  readonly connectMs?: number | undefined;
  /** Stores completions, steps and results as solutions are completed; `openJournal` returns one. Default: memory. */
  readonly store?: AnnotationStore | undefined;
  readonly signal?: AbortSignal | undefined;
}

const jobsPerWrite = 200;
/** After this time without events all open jobs are looked up, since events can be trimmed or lost with a connection. */
const silenceMs = 5_000;

type AnnotationJob = Job<AnnotationJobData, LabelledSolution>;
type AnnotationQueue = Queue<AnnotationJobData, LabelledSolution>;

/**
 * Stores the results of a finished job, once they are known to be its solution's; the store ignores duplicates.
 * @throws {PrmError} `ERR_QUEUE` for results of another form or solution
 */
async function takeOver(
  queue: AnnotationQueue,
  job: AnnotationJob,
  store: AnnotationStore,
  { solution, n }: { solution: Solution; n: number },
): Promise<LabelledSolution> {
  const { logs } = await queue.getJobLogs(job.id!, 0, mostLogLines(solution, n));
  const entries = logs.map((line) => readLogLine(line, solution, n));
  const result = readReturnValue(job.returnvalue, solution, n);
  for (const entry of entries) {
    if (entry.type === "completion") await store.addCompletion(entry);
    if (entry.type === "step") await store.addEstimate(entry.solution, entry);
  }
  await store.addResult(result);
  return result;
}

/** Reports jobs of `open` that have ended. */
async function lookUp(
  queue: AnnotationQueue,
  open: Iterable<string>,
  report: (jobId: string, failure?: string) => void,
): Promise<void> {
  for (const jobId of open) {
    const state = await queue.getJobState(jobId);
    if (state === "completed") report(jobId);
    if (state === "failed") report(jobId, (await queue.getJob(jobId))?.failedReason ?? "unknown");
  }
}

/** Adds jobs; those of an earlier producer are kept, and failed ones are retried. */
async function addJobs(
  queue: AnnotationQueue,
  jobs: readonly ReturnType<typeof annotationJob>[],
  attempts: number,
): Promise<void> {
  const backoff = { type: "exponential", delay: 1000 };
  const added = await queue.addBulk(
    jobs.map(({ data, jobId }) => ({ name: "annotate", data, opts: { jobId, attempts, backoff } })),
  );
  for (const job of added)
    if ((await job.getState()) === "failed") await job.retry("failed", { resetAttemptsMade: true });
}

/** The result; undefined if it is not available within `ms` milliseconds. */
async function within<T>(result: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([result, silence]).finally(() => clearTimeout(timer));
}

/** @throws {PrmError} `ERR_QUEUE` where the server does not answer in time; the signal's reason */
async function connected(
  ready: Promise<unknown>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  ready.catch(() => undefined); // Closing below ends it.
  const answer = within(
    ready.then(() => true),
    ms,
  );
  if (await (signal ? orAbort(answer, signal) : answer)) return;
  throw new PrmError(
    "ERR_QUEUE",
    `annotateByQueue: no answer from the queue's server within ${ms} ms`,
    {
      fields: { connectMs: ms },
    },
  );
}

/** An end event: of a job, or of the whole run. */
type Report = { jobId: string; failure?: string | undefined } | { error: unknown };

/** Yields each of the open jobs once it is complete. @throws {PrmError} `ERR_QUEUE` for one that failed permanently */
async function* completedJobs(
  queue: AnnotationQueue,
  reports: AsyncGenerator<Report, void>,
  open: Map<string, Solution>,
  report: (jobId: string, failure?: string) => void,
): AsyncGenerator<{ job: AnnotationJob; solution: Solution }, void> {
  await lookUp(queue, open.keys(), report);
  let next = reports.next();
  while (open.size > 0) {
    const news = await within(next, silenceMs);
    if (!news) {
      await lookUp(queue, open.keys(), report);
      continue;
    }
    next = reports.next();
    if (news.done) return;
    if ("error" in news.value) throw news.value.error;
    const { jobId, failure } = news.value;
    const solution = open.get(jobId);
    if (solution === undefined) continue; // Reported twice, or a job of another run.
    const { id } = solution;
    if (failure !== undefined)
      throw new PrmError("ERR_QUEUE", `annotateByQueue: solution "${id}" failed: ${failure}`, {
        fields: { id, jobId, failure },
      });
    open.delete(jobId);
    const job = await queue.getJob(jobId);
    if (!job) throw new PrmError("ERR_QUEUE", `annotateByQueue: the job of "${id}" is gone`);
    yield { job, solution };
  }
}

/**
 * Annotates solutions on all workers that listen to a queue, at least once each, with one result each; see `annotate`
 * for the events. To resume a killed producer, start it again with the same run id, settings and store.
 *
 * @throws {PrmError} `ERR_ARGUMENT` for a run id with `:`, `ERR_QUEUE` for a solution that failed permanently, or whose
 *   result has another form, is another solution's or has values outside [0, 1]; the
 *   other jobs are kept, and the next run with this id tries again. `ERR_QUEUE` also where the server does not
 *   respond. The signal's reason.
 */
export async function* annotateByQueue(
  solutions: AsyncIterable<unknown> | Iterable<unknown>,
  options: AnnotateByQueueOptions,
): AsyncGenerator<AnnotateEvent, void> {
  const {
    connection,
    runId,
    queueName = defaultQueueName,
    attempts = 3,
    connectMs = 20_000,
    store = createAnnotationStore(),
    signal,
    ...settings
  } = optionsOf("annotateByQueue", options);
  const complete = settingsOf("annotateByQueue", settings);
  whole("annotateByQueue", "attempts", attempts, { min: 1 });
  if (typeof runId !== "string" || runId === "" || runId.includes(":"))
    throw new PrmError(
      "ERR_ARGUMENT",
      `annotateByQueue: runId must be text without ":", got ${runId}`,
    );
  const queue: AnnotationQueue = new Queue(queueName, { connection });
  let queueEvents: QueueEvents | undefined;
  const reports = createEventQueue<Report>();
  const report = (jobId: string, failure?: string) => reports.push({ jobId, failure });
  const stop = () => reports.push({ error: signal!.reason });
  queue.on("error", () => undefined); // BullMQ reconnects
  signal?.addEventListener("abort", stop, { once: true });
  const sums = createSums();
  try {
    signal?.throwIfAborted();
    await connected(queue.waitUntilReady(), connectMs, signal);
    queueEvents = new QueueEvents(queueName, { connection });
    queueEvents.on("error", () => undefined);
    queueEvents.on("completed", ({ jobId }) => report(jobId));
    queueEvents.on("failed", ({ jobId, failedReason }) => report(jobId, failedReason));
    await queueEvents.waitUntilReady();
    const open = new Map<string, Solution>();
    let batch: ReturnType<typeof annotationJob>[] = [];
    const flush = async () => {
      for (const { jobId, data } of batch) open.set(jobId, data.solution);
      await addJobs(queue, batch, attempts);
      batch = [];
    };
    for await (const row of checkedRows(solutions)) {
      await takeTurn();
      signal?.throwIfAborted();
      if ("error" in row) {
        yield sums.reject(row);
        continue;
      }
      const stored = store.result(row.solution.id);
      if (stored) yield sums.end(stored, true);
      else batch.push(annotationJob(runId, row.solution, complete));
      if (batch.length >= jobsPerWrite) await flush();
    }
    await flush();
    const own = { n: complete.n };
    for await (const { job, solution } of completedJobs(queue, reports.drain(), open, report))
      yield sums.end(await takeOver(queue, job, store, { ...own, solution }), false);
    yield sums.total();
  } finally {
    signal?.removeEventListener("abort", stop);
    reports.close();
    await queueEvents?.close();
    await queue.close();
  }
}
