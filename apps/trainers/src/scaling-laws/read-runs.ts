import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { createRandom } from "@deepgrain/lm";
import {
  type FitReport,
  fitReport,
  type ImportRunsOptions,
  importRuns,
  type MetricsFolderOptions,
  type Run,
  runFromFolder,
} from "@deepgrain/scaling-laws";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { runsFlags } from "./flags";

/** How a table of runs is read. */
interface ReadRunsOptions extends Pick<ImportRunsOptions, "format" | "unit"> {
  /** Values that folders do not contain. */
  scale: Pick<MetricsFolderOptions, "stage" | "sequenceLength">;
  /** Called with a note about runs that were left out. */
  note(text: string): void;
}

const METRICS = "metrics.jsonl";

async function readFolder(folder: string, { scale }: ReadRunsOptions): Promise<Run> {
  const files: Record<string, string> = {};
  for (const name of [METRICS, "config.json", "base/config.json", "run.json"]) {
    const path = join(folder, name);
    if (existsSync(path)) files[name] = await readFile(path, "utf8");
  }
  return runFromFolder(files, { ...scale, folder: basename(folder) });
}

/** The folder itself, or those in it, that hold metrics. */
async function metricsFolders(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
  const found = [folder, ...names.sort()].filter((path) => existsSync(join(path, METRICS)));
  if (found.length > 0) return found[0] === folder ? [folder] : found;
  throw new FormatError(
    `${folder} must hold metrics.jsonl, or folders that do, or be a file; it holds neither`,
  );
}

/**
 * Reads tables of runs: CSV or JSON lines, an export of Weights & Biases, folders that Deepgrain's trainings wrote, or a folder
 * of such folders.
 *
 * @param paths files and folders
 * @throws {ScalingLawsError} naming file, row and key, or folder and line; {UsageError} for a path that does not exist
 *   or contains no runs
 */
async function readRuns(paths: readonly string[], options: ReadRunsOptions): Promise<Run[]> {
  const all: Run[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found) throw new UsageError(`--runs: there is no ${path}`);
    if (found.isDirectory()) {
      for (const folder of await metricsFolders(path)) all.push(await readFolder(folder, options));
      continue;
    }
    const [file, { format, unit }] = [basename(path), options];
    const { runs, skipped } = importRuns(await readFile(path, "utf8"), { file, format, unit });
    all.push(...runs);
    if (skipped.length > 0)
      options.note(
        `left out ${skipped.length} runs of ${file} that have not finished: ${skipped.map(({ name }) => name).join(", ")}`,
      );
  }
  return all;
}

type Given = Values<typeof runsFlags>;

/** Reads the runs that the flags name. @throws as `readRuns` */
export function runsOf(
  { runs, format, unit, stage, sequenceLength }: Given,
  { resolve, progress }: CliContext,
): Promise<Run[]> {
  const paths = (runs ?? "").split(",").filter((path) => path.trim() !== "");
  if (paths.length === 0) throw new UsageError("--runs names no file or folder");
  return readRuns(
    paths.map((path) => resolve(path.trim())),
    {
      format,
      unit,
      scale: { stage, sequenceLength },
      note: (text) => progress.note(text),
    },
  );
}

/** Fits the laws as the flags say. @throws {ScalingLawsError} `ERR_TOO_FEW` saying what is missing */
export const fitOf = (
  runs: readonly Run[],
  { minBudgets, minSizes, band, confidence, resamples, seed }: Given,
): FitReport =>
  fitReport(runs, {
    minBudgets,
    minSizes,
    band,
    confidence,
    resamples,
    random: createRandom(seed).next,
  });
