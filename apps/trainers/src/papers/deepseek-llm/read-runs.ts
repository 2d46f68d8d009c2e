import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  importWandb,
  type LossUnit,
  type MetricsFolderOptions,
  parseRuns,
  type Run,
  runFromFolder,
} from "@deepgrain/scaling-laws";
import { UsageError } from "../../cli/usage-error";

/** How a table of runs is read. */
export interface ReadRunsOptions extends Omit<MetricsFolderOptions, "folder"> {
  /** Default: by what the path is, and what the file begins with. */
  format?: "csv" | "jsonl" | "wandb" | undefined;
  unit?: LossUnit | undefined;
  /** Told what was left out. */
  note(text: string): void;
}

const METRICS = "metrics.jsonl";

/** W&B's export begins with the run's name and state, and has a column for when it was created. */
const isWandb = (header: string) => /(^|,)"?State"?(,|$)/.test(header) && /"?Name"?,/.test(header);

async function readFolder(folder: string, options: ReadRunsOptions): Promise<Run> {
  const names = [METRICS, "config.json", "base/config.json", "run.json"];
  const files: Record<string, string> = {};
  for (const name of names) {
    const path = join(folder, name);
    if (existsSync(path)) files[name] = await readFile(path, "utf8");
  }
  const { sequenceLength = lengthOf(files["run.json"]) } = options;
  const { stage, model, seed } = options;
  return runFromFolder(files, {
    folder: basename(folder),
    ...(stage !== undefined && { stage }),
    ...(model !== undefined && { model }),
    ...(seed !== undefined && { seed }),
    ...(sequenceLength !== undefined && { sequenceLength }),
  });
}

/** The sequence length that `deepgrain pretrain` notes in its run.json. */
function lengthOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const length = JSON.parse(text).settings?.sequenceLength;
    return typeof length === "number" ? length : undefined;
  } catch {
    return undefined; // the importer says what is missing
  }
}

/** The folder itself, or those in it, that hold metrics. */
async function metricsFolders(folder: string): Promise<string[]> {
  if (existsSync(join(folder, METRICS))) return [folder];
  const names = await readdir(folder, { withFileTypes: true });
  const inner = names
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .filter((path) => existsSync(join(path, METRICS)));
  if (inner.length > 0) return inner.sort();
  throw new UsageError(
    `--runs ${folder} must hold metrics.jsonl, or folders that do, or be a file; it holds neither`,
  );
}

function readTable(text: string, file: string, { format, unit, note }: ReadRunsOptions): Run[] {
  const own = unit === undefined ? {} : { unit };
  if (format === "wandb" || (format === undefined && isWandb(text.split("\n", 1)[0]!))) {
    const { runs, skipped } = importWandb(text, { file, ...own });
    if (skipped.length > 0)
      note(
        `left out ${skipped.length} runs of ${file} that have not finished: ${skipped.map(({ name }) => name).join(", ")}`,
      );
    return runs;
  }
  return parseRuns(text, { file, ...(format !== undefined && { format }), ...own });
}

/**
 * Reads tables of runs: CSV or JSON lines, an export of Weights & Biases, folders that Deepgrain's trainings wrote, or a folder
 * of such folders.
 *
 * @param paths files and folders
 * @throws {ScalingLawsError} naming file, row and key, or folder and line; {UsageError} for a path that is not there or
 *   holds no runs
 */
export async function readRuns(paths: readonly string[], options: ReadRunsOptions): Promise<Run[]> {
  const runs: Run[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found) throw new UsageError(`--runs: there is no ${path}`);
    if (found.isDirectory())
      for (const folder of await metricsFolders(path)) runs.push(await readFolder(folder, options));
    else runs.push(...readTable(await readFile(path, "utf8"), basename(path), options));
  }
  return runs;
}
