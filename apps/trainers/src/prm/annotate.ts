import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { CliContext, CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readFileRows } from "@deepgrain/command-line/files/read-file-rows";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireModel } from "@deepgrain/command-line/models/endpoint-flags";
import {
  type OwnProcesses,
  ownProcesses,
  PROCESSES_FILE,
} from "@deepgrain/command-line/runs/own-processes";
import { openQueue, QUEUE_FILE, type QueueServer } from "@deepgrain/command-line/runs/queue-server";
import {
  type AnnotateEvent,
  type AnnotationSettings,
  annotate as annotateEmbedded,
  checkSolution,
  completeSettings,
  describePlan,
  formatRow,
  type Journal,
  type LabelledSolution,
  openJournal,
  plan,
  type Solution,
  settingsRecord,
  toMathShepherdRow,
  toTrlRow,
} from "@deepgrain/prm";
import type { QueueGate } from "@deepgrain/prm/bullmq";
import { fingerprintFiles } from "@deepgrain/studies/shared/fingerprint";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import { saveText } from "@deepgrain/support/files";
import type { annotateFlags } from "./flags";
import {
  checkerOf,
  completerId,
  noteEstimates,
  noteTruncated,
  openCompleter,
} from "./open-completer";

type Given = Values<typeof annotateFlags>;

/** How steps are labelled, by which completer. */
const annotationSettings = async (given: Given): Promise<AnnotationSettings> => {
  const { n, mode, threshold, strategy, earlyStop, dropAfterFirstError, seed } = given;
  const labelling = { n, mode, threshold, strategy, earlyStop, dropAfterFirstError, seed };
  return {
    ...labelling,
    callSize: given.completionsPerRequest,
    completerId: await completerId(given),
    checker: checkerOf(given),
  };
};

/** The estimated cost of annotating the solutions. */
const planOf = (solutions: readonly Solution[], given: Given) =>
  plan(solutions, {
    n: given.n,
    strategy: given.strategy,
    earlyStop: given.earlyStop,
    callSize: given.completionsPerRequest,
    workers: Math.max(1, given.workers),
    tokensPerSecond: given.tokensPerSecond,
    pricePerMillion: { prompt: given.promptPrice, completion: given.completionPrice },
  });

/** The files that are written into the output folder. */
const written = ["journal.jsonl", "labels.jsonl"];

/** Settings of a queue; `bullmq` is installed on use. */
const queues = () => import("@deepgrain/prm/bullmq");

/** The gate of all processes that use a queue; a model of this machine has none. */
async function gateOf(
  { endpoint, concurrency, requestsPerMinute }: Given,
  connection: QueueServer["connection"],
): Promise<QueueGate | undefined> {
  if (endpoint === undefined) return undefined;
  return (await queues()).createQueueGate({ connection, concurrency, requestsPerMinute });
}

/** Time that a worker waits for its server at the end, in milliseconds. */
const goodbyeMs = 5_000;

/** Takes jobs from a queue until the signal comes. */
async function serve(given: Given, { progress, signal }: CliContext): Promise<void> {
  const server = await openQueue(given.queue!);
  const { connection } = server;
  const gate = await gateOf(given, connection);
  const { completer } = await openCompleter(given, { signal, gate });
  const { createAnnotationWorker } = await queues();
  const worker = createAnnotationWorker({
    connection,
    completer,
    concurrency: given.concurrency,
    onError: (error) => progress.note(problemOf(error)),
  });
  progress.note(`waiting for work at ${server.address}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  // A server that is gone answers no goodbye.
  const closed = Promise.all([worker.close(), gate?.close()]).catch(() => undefined);
  await Promise.race([closed, setTimeout(goodbyeMs, undefined, { ref: false })]);
  await server.stop();
}

interface QueuedRun {
  given: Given;
  journal: Journal;
  runId: string;
  processes: OwnProcesses;
  out: string;
}

/** The events of an annotation through a queue, with this process's own workers. */
async function* throughQueue(
  solutions: readonly Solution[],
  { given, journal, runId, processes, out }: QueuedRun,
  { progress, signal }: CliContext,
): AsyncGenerator<AnnotateEvent, void> {
  const { connection, address, file, stop } = await openQueue(given.queue!, {
    folder: out,
    processes,
  });
  const gate = await gateOf(given, connection);
  progress.note(
    `further workers join with: deepgrain prm annotate --worker --queue ${file ?? address}`,
  );
  const { annotateByQueue, createAnnotationWorker } = await queues();
  const { spentTokens } = journal;
  const opened =
    given.workers > 0 ? await openCompleter(given, { spentTokens, signal, gate }) : undefined;
  const workers = Array.from({ length: given.workers }, () =>
    createAnnotationWorker({
      connection,
      completer: opened!.completer,
      concurrency: given.concurrency,
      onError: (error) => progress.note(problemOf(error)),
    }),
  );
  const settings = await annotationSettings(given);
  try {
    yield* annotateByQueue(solutions, { ...settings, connection, runId, store: journal, signal });
    if (opened) noteEstimates(opened, progress);
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await gate?.close();
    await stop();
  }
}

/** The events of an annotation in this process. */
async function* embedded(
  solutions: readonly Solution[],
  { given, journal }: { given: Given; journal: Journal },
  { progress, signal }: CliContext,
): AsyncGenerator<AnnotateEvent, void> {
  const { spentTokens } = journal;
  const opened = await openCompleter(given, { spentTokens, signal });
  const { completer } = opened;
  const { concurrency } = given;
  const own = { ...(await annotationSettings(given)), concurrency, store: journal, signal };
  yield* annotateEmbedded(solutions, { ...own, completer });
  noteEstimates(opened, progress);
}

/** Follows an annotation; the labels in the order of the solutions. */
async function follow(
  events: AsyncIterable<AnnotateEvent>,
  solutions: readonly Solution[],
  { progress, reached }: CommandContext,
): Promise<{
  labels: LabelledSolution[];
  rejected: number;
  completions: number;
  truncated: number;
}> {
  const task = progress.task("annotating");
  const found = new Map<string, LabelledSolution>();
  const sums = { rejected: 0, completions: 0, truncated: 0 };
  for await (const event of events) {
    if (event.type === "solution-end") found.set(event.result.id, event.result);
    if (event.type === "solution-reject") progress.note(problemOf(event.error));
    if (event.type === "annotate-end") Object.assign(sums, event);
    const done = found.size;
    if (done > 0) reached({ done, total: solutions.length, unit: "solution" });
    task.update(found.size / solutions.length, `${found.size} of ${solutions.length} solutions`);
  }
  const { rejected, completions, truncated } = sums;
  task.end(`${found.size} solutions, ${completions} completions`);
  const labels = solutions.flatMap(({ id }) => found.get(id) ?? []);
  noteTruncated(sums, progress);
  return { labels, rejected, completions, truncated };
}

const formatOf = {
  labels: (row: LabelledSolution): unknown => row,
  "math-shepherd": (row: LabelledSolution): unknown => toMathShepherdRow(row, "annotated"),
  trl: (row: LabelledSolution): unknown => toTrlRow(row),
};

/** `prm annotate`. */
export const annotate: RunCommand<typeof annotateFlags> = async (given, context) => {
  const { in: path, out, queue, as: form, json } = given;
  const { progress, write } = context;
  requireModel(given);
  if (queue !== undefined) await queues(); // Before anything is written or started.
  if (given.worker) {
    if (queue === undefined || queue === "start")
      throw new UsageError("--worker needs --queue with an address");
    return serve(given, context);
  }
  if (path === undefined) throw new UsageError("--in is missing");
  const { rows: solutions, rejected } = await readFileRows(path, checkSolution, progress);
  if (solutions.length === 0) throw new FormatError(`${path} holds no solutions`);
  if (given.plan) {
    const planned = planOf(solutions, given);
    write(`${json ? JSON.stringify(planned) : describePlan(planned, given.workers)}\n`);
    return;
  }
  if (out === undefined) throw new UsageError("--out is missing");
  const settings = await annotationSettings(given);
  const record = settingsRecord(completeSettings(settings));
  const input = await fingerprintFiles([path]);
  const labelsFile = join(out, "labels.jsonl");
  await context.claim(out, {
    command: "prm annotate",
    settings: { ...record, as: form },
    data: {}, // further solutions may be added between two calls
    files: [...written, PROCESSES_FILE, QUEUE_FILE],
    work: written,
    fresh: written,
    resume: given.resume,
    overwrite: given.overwrite,
    changeable: ["as", "tokenBudget"],
  });
  const processes = await ownProcesses(out);
  const journal = await openJournal(join(out, "journal.jsonl"), record);
  if (journal.resumed > 0) progress.note(`goes on with ${journal.resumed} stored entries`);
  try {
    const runId = `run-${input.sha256.slice(0, 16)}`;
    const events =
      queue === undefined
        ? embedded(solutions, { given, journal }, context)
        : throughQueue(solutions, { given, journal, runId, processes, out }, context);
    const { labels, ...sums } = await follow(events, solutions, context);
    await saveText(labelsFile, labels.map((row) => formatRow(formatOf[form](row))).join(""));
    const counts = { out: labelsFile, solutions: labels.length, completions: sums.completions };
    const all = { ...counts, truncated: sums.truncated, rejected: rejected + sums.rejected };
    write(json ? `${JSON.stringify(all)}\n` : `${labelsFile}\n`);
  } finally {
    await journal.close();
  }
};
