import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { Progress } from "../../cli/progress";
import { saveJson } from "../../formats/save-file";
import { duration } from "../../main-job/duration";
import { type Assignment, type Report, runAssignment, type TrainingKind } from "./training-kinds";

/** A training and the file that its result goes to. */
export interface Training {
  kind: TrainingKind;
  /** For people. */
  name: string;
  /** Plain data. */
  input: unknown;
  path: string;
  /** The path of another training of the list, earlier in it, that must be saved first. */
  after?: string;
  /** How long it takes, in proportion to the others. Default 1. */
  weight?: number;
}

export interface TrainingsOptions {
  /** Trainings at a time: 1 does them on this thread with all threads of the engine, more have a worker each. */
  workers: number;
  progress: Progress;
  signal: AbortSignal;
  /** Called before a result is saved: throws when the folder was deleted or taken over meanwhile. */
  assertOutputs(): Promise<void>;
  /** What the progress is called. */
  title: string;
}

/** As many as there are cores, at most 8. */
export const defaultWorkers = (): number => Math.min(availableParallelism(), 8);

type Run = (assignment: Assignment) => Promise<unknown>;

/** Sums up what the trainings under way report. */
function watch(
  trainings: readonly Training[],
  { progress, title }: Pick<TrainingsOptions, "progress" | "title">,
) {
  const task = progress.task(title);
  const began = performance.now();
  const running = new Map<number, Report>();
  const weightOf = (id: number) => trainings[id]!.weight ?? 1;
  const whole = trainings.reduce((sum, _, id) => sum + weightOf(id), 0);
  let finished = 0;
  const seconds = () => (performance.now() - began) / 1000;
  return {
    report(report: Report) {
      running.set(report.id, report);
      const parts = [...running.values()];
      const begun = parts.reduce((sum, part) => sum + part.done * weightOf(part.id), 0);
      const done = (finished + begun) / whole;
      const where = parts.map(({ id, message }) => `${trainings[id]!.name} ${message}`);
      // Before that, what workers read first would count as slow training.
      const left = done < 0.005 ? "" : `${duration(seconds() * (1 / done - 1))} left · `;
      task.update(done, `${left}${where.join(" · ")}`);
    },
    finish(id: number) {
      running.delete(id);
      finished += weightOf(id);
    },
    end: () => task.end(`${trainings.length} trainings in ${duration(seconds())}`),
  };
}

/** Where assignments are done, and how that ends. */
function openWorkers(
  { workers, signal }: Pick<TrainingsOptions, "workers" | "signal">,
  onReport: (report: Report) => void,
): { run: Run; close(): Promise<void> } {
  if (workers === 1) {
    const run: Run = (assignment) =>
      runAssignment(assignment, {
        signal,
        report: (done, message) => onReport({ id: assignment.id, done, message }),
      });
    return { run, close: async () => {} };
  }
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./training-worker.js", import.meta.url)),
    name: "work",
    minThreads: workers,
    maxThreads: workers,
    // A worker keeps its event loop for its training; nothing else is to come in between.
    concurrentTasksPerWorker: 1,
  });
  pool.on("message", onReport);
  return { run: (assignment) => pool.run(assignment, { signal }), close: () => pool.destroy() };
}

/** Lets trainings wait for the files of others. */
function files(trainings: readonly Training[]) {
  const marks = new Map(
    trainings.map(({ path }) => {
      let save = () => {};
      const saved = new Promise<void>((resolve) => {
        save = resolve;
      });
      return [path, { save, saved }];
    }),
  );
  return {
    /** Resolves at once for a file that none of the trainings makes. */
    wait: async (path: string | undefined) => path && marks.get(path)?.saved,
    mark: (path: string) => marks.get(path)!.save(),
  };
}

/**
 * Does all trainings, in their order as far as workers are free, and saves each result as JSON when it is there. On
 * abort the trainings under way are lost and the finished ones stay.
 * @throws what a training throws, and the signal's reason on abort
 */
export async function runTrainings(
  trainings: readonly Training[],
  options: TrainingsOptions,
): Promise<void> {
  const { signal, assertOutputs } = options;
  const display = watch(trainings, options);
  const workers = Math.min(options.workers, trainings.length);
  const pool = openWorkers({ workers, signal }, display.report);
  const queue = trainings.entries();
  const { wait, mark } = files(trainings);
  const takeTurns = async () => {
    for (const [id, { kind, input, path, after }] of queue) {
      await wait(after);
      signal.throwIfAborted();
      const result = await pool.run({ kind, id, input });
      display.finish(id);
      await assertOutputs();
      await saveJson(path, result);
      mark(path);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, takeTurns));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await pool.close();
  }
  display.end();
}
