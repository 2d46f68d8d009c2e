import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import { plainMessage } from "@deepgrain/command-line/errors/word-error";
import { differences } from "@deepgrain/command-line/runs/differences";
import { duration } from "@deepgrain/command-line/terminal/duration";
import type { Progress, ProgressTask } from "@deepgrain/command-line/terminal/progress";
import { version } from "@deepgrain/command-line/version";
import {
  claimsSummary,
  claimsText,
  drain,
  gateText,
  judge,
  LabError,
  type ReportOptions,
  runStudy,
  type Study,
  type StudyEvent,
  type StudyProgress,
  type StudyRuns,
} from "@deepgrain/lab";
import { workers as workerThreads } from "@deepgrain/lab/workers";
import { threadsPerWorker } from "@deepgrain/studies/shared/one-thread-backend";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import type { TextTableOptions } from "@deepgrain/support/pages";

/** The parts of a study that are compared, and where results are stored. */
export interface Comparison<S, R> {
  /** Finished runs in it are not repeated. */
  folder: string;
  /** The same for all runs of the folder. */
  settings: S;
  seeds: readonly number[];
  /** Default: all. */
  experiments?: readonly string[] | undefined;
  /** Runs at a time: 1 does them on this thread with all threads of the engine, more share these out. */
  workers: number;
  /** How it is judged and reported: the quick size shows effects beside a recording. */
  report: ReportOptions;
  /** Print the result as JSON instead of the table of claims. */
  json: boolean;
  /** The text to print above the table of claims. */
  text?: ((runs: StudyRuns<S, R>, options: TextTableOptions) => string) | undefined;
  /** Fields of the JSON besides runs and claims. */
  more?: ((runs: StudyRuns<S, R>) => object) | undefined;
}

/**
 * Runs a study as far as its folder does not hold the results, writes results.json and report.html there, and prints the
 * claims.
 *
 * @returns the runs
 * @throws {UsageError} for a folder of something else, or with other settings or data, naming each with its old and its new
 *   value; {LabError} `ERR_LOCKED`, `ERR_IO`, `ERR_RUN`; the signal's reason on abort
 */
export async function compareStudy<S extends object, R>(
  study: Study<S, R>,
  { folder, workers, json, text, more, report, ...setup }: Comparison<S, R>,
  { progress, signal, write, columns }: CliContext,
): Promise<StudyRuns<S, R>> {
  const executor =
    workers > 1
      ? workerThreads({ threads: workers, threadsEach: threadsPerWorker(workers) })
      : undefined;
  const versions = { deepgrain: version };
  const options = { ...setup, folder, signal, versions, report, executor };
  const events = runStudy(study, options);
  const runs = await drain(events, drawing(progress)).catch(async (error) => {
    if (signal.aborted) progress.finish(`Stopped. The same command goes on in ${folder}`);
    throw await usageErrorOf(error, folder, setup.settings);
  });
  const judgement = judge(study, runs, { verdicts: report.verdicts });
  const lines = [
    ...(text ? [text(runs, { columns }), ""] : []),
    claimsText(judgement, { columns }),
    "",
    claimsSummary(judgement),
    ...(judgement.gates ?? []).map(gateText),
    join(folder, "report.html"),
  ];
  write(
    json
      ? `${JSON.stringify({ ...runs, ...judgement, ...more?.(runs) })}\n`
      : `${lines.join("\n")}\n`,
  );
  return runs;
}

/** Converts the error of an unusable folder to a usage error; returns any other error unchanged. */
async function usageErrorOf(error: unknown, folder: string, settings: object): Promise<unknown> {
  if (!LabError.isInstance(error)) return error;
  if (error.code === "ERR_FOLDER")
    return new UsageError(
      `--out must be a new or empty folder, or that of a comparison; ${problemOf(error)}`,
    );
  if (error.code !== "ERR_CHANGED") return error;
  const old = JSON.parse(await readFile(join(folder, "study.json"), "utf8")).settings;
  const found = differences(Object(old), settings).join("; ") || problemOf(error);
  return new UsageError(
    `${folder} holds a comparison with other settings (${found}); take another --out`,
  );
}

const describe = ({ secondsLeft, running }: StudyProgress): string =>
  [
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
    ...running.map(({ name, message }) => `${name} ${message}`),
  ].join(" · ");

/** Draws the progress of a study. */
function drawing(progress: Progress): (event: StudyEvent) => void {
  const began = performance.now();
  let missing = 0;
  let task: ProgressTask | undefined;
  return (event) => {
    if (event.type === "run-damaged")
      progress.note(`${event.path} is done again: ${plainMessage(event.reason)}`);
    else if (event.type === "study-start") {
      missing = event.total - event.found;
      if (event.found > 0) progress.note(`${event.found} runs were there already`);
    } else if (event.type === "prepare-event") progress.note(event.event.message ?? "");
    else if (event.type === "run-event" || event.type === "run-end") {
      task ??= progress.task("comparing");
      task.update(event.done, describe(event));
    } else if (event.type === "study-end")
      task?.end(`${missing} runs in ${duration((performance.now() - began) / 1000)}`);
  };
}
