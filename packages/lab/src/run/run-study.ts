import { LabError } from "../errors";
import { saveReport } from "../report/save-report";
import type { Provenance, StudyRuns } from "../study/runs";
import type { RunEvent, Study } from "../study/study";
import { driveRun } from "./drive-run";
import { type Executor, inProcess, type RunTask } from "./executor";
import { type Cell, type Finished, type Plan, planOf, type RunStudyOptions, taskOf } from "./plan";
import { provenance } from "./provenance";
import { readRun, saveRun } from "./run-file";
import { channel, type StudyProgress, schedule, watchProgress } from "./schedule";
import { type HeldFolder, openFolder } from "./study-folder";

/** A run as events name it: `name` is for people. */
export interface NamedRun {
  name: string;
  variant: string;
  seed: number;
}

/** What happens in a study. */
export type StudyEvent<S = unknown, R = unknown> =
  | ({ type: "run-damaged"; path: string; reason: string } & NamedRun)
  | { type: "study-start"; total: number; found: number }
  | { type: "prepare-event"; event: RunEvent }
  | ({ type: "run-start" } & NamedRun)
  | ({ type: "run-event"; event: RunEvent } & NamedRun & StudyProgress)
  | ({ type: "run-end"; path: string } & NamedRun & StudyProgress)
  | { type: "study-end"; runs: StudyRuns<S, R> };

const aboutOf = ({ name, key: { variant, seed } }: Cell): NamedRun => ({ name, variant, seed });

/** Reads the runs that the folder holds. */
async function* readFinished<S, R>(
  { parse }: Study<S, R>,
  cells: readonly Cell[],
  finished: Finished<R>,
): AsyncGenerator<StudyEvent<S, R>, void, void> {
  for (const cell of cells) {
    const { path, key } = cell;
    const found = await readRun(path, key, parse);
    if (found && "record" in found) finished.set(path, found.record);
    else if (found) yield { type: "run-damaged", ...aboutOf(cell), path, reason: found.damage };
  }
}

interface Work<S, R> {
  study: Study<S, R>;
  plan: Plan<S>;
  finished: Finished<R>;
  executor: Executor;
  held: HeldFolder;
  from: Provenance;
  signal: AbortSignal;
  progress: ReturnType<typeof watchProgress>;
}

async function runCell<S, R>(
  { study, plan, finished, executor, held, from, signal, progress }: Work<S, R>,
  cell: Cell,
  push: (event: StudyEvent<S, R>) => void,
): Promise<void> {
  const { path, key } = cell;
  const about = aboutOf(cell);
  const onEvent = (event: RunEvent) => {
    progress.report(cell, event);
    push({ type: "run-event", ...about, event, ...progress.current() });
  };
  push({ type: "run-start", ...about });
  const began = performance.now();
  const task = taskOf(study, plan, cell, finished);
  const here = (own: RunTask) => driveRun(study, own, { signal, onEvent });
  const { result, provenance = from } = await executor.execute(task, { signal, onEvent, here });
  const seconds = Number(((performance.now() - began) / 1000).toFixed(2));
  await held.assertHeld();
  finished.set(path, await saveRun(path, key, { result, seconds, provenance }, study.parse));
  await executor.settle?.(task);
  progress.finish(cell);
  push({ type: "run-end", ...about, path, ...progress.current() });
}

/**
 * Runs a study: each variant at each seed, as far as the folder does not hold its result already. Every finished run is one
 * JSON file, written atomically; a damaged file is run again. After an abort or a crash the same call goes on.
 *
 * @yields what happens, ending with `study-end`
 * @returns the runs, seed by seed in the order of the variants
 * @throws {LabError} `ERR_ARGUMENT` for seeds or experiments that are wrong; `ERR_CHANGED`, `ERR_FOLDER`, `ERR_LOCKED` for a
 *   folder that cannot be used; `ERR_IO` for one that is deleted meanwhile; `ERR_RUN` for a run that fails (the
 *   finished ones stay); `ERR_RESULT` for a result that is not plain data; the signal's reason on abort
 */
export async function* runStudy<S, R>(
  study: Study<S, R>,
  options: RunStudyOptions<S>,
): AsyncGenerator<StudyEvent<S, R>, StudyRuns<S, R>, void> {
  const { folder, executor = inProcess(), seeds, versions, report } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  let held: HeldFolder | undefined;
  try {
    signal.throwIfAborted();
    const plan = planOf(study, options);
    const { settings, experiments, cells, artifacts, mark } = plan;
    held = await openFolder(folder, mark);
    const finished: Finished<R> = new Map();
    yield* readFinished(study, cells, finished);
    const missing = cells.filter(({ path }) => !finished.has(path));
    yield { type: "study-start", total: cells.length, found: cells.length - missing.length };
    if (missing.length > 0 && study.prepare)
      for await (const event of study.prepare({ settings, artifacts, signal }))
        yield { type: "prepare-event", event };
    const from = await provenance(study.module, versions);
    const progress = watchProgress(missing);
    const work = { study, plan, finished, executor, held, from, signal, progress };
    const fail = (cell: Cell, cause: Error): never => {
      signal.throwIfAborted();
      stop.abort(cause); // ends the other runs
      const { name, ...fields } = aboutOf(cell);
      throw new LabError("ERR_RUN", `lab: ${name} failed: ${cause.message}`, { fields, cause });
    };
    yield* channel<StudyEvent<S, R>>(
      (push) =>
        schedule(missing, {
          concurrency: executor.concurrency,
          signal,
          isReady: ({ after }) => after.every(([, path]) => finished.has(path)),
          start: (cell) => runCell(work, cell, push).catch((cause) => fail(cell, cause)),
        }),
      () => stop.abort(),
    );
    const runs = cells.map(({ path }) => finished.get(path)!);
    const all = { study: study.name, settings, seeds, experiments, runs };
    await held.assertHeld();
    if (report) await saveReport(study, all, { folder, ...report });
    yield { type: "study-end", runs: all };
    return all;
  } finally {
    await executor.close?.();
    await held?.release();
  }
}

/**
 * Reads events to their end, for callers that want the result alone or draw progress by a callback.
 * @returns what the events end with
 */
export async function drain<E, T>(
  events: AsyncGenerator<E, T, void>,
  onEvent: (event: E) => void = () => {},
): Promise<T> {
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
    onEvent(value);
  }
}
