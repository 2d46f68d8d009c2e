import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { disk, ioError, makeFolder, systemCode } from "@deepgrain/support/files";
import { LOCK_FILE } from "./locks";

/** The paths of a run's files. */
export interface RunFolder {
  name: string;
  path: string;
  /** The configuration of the run. */
  config: string;
  /** Fingerprints of the data that it reads. */
  data: string;
  metrics: string;
  report: string;
  /** The tokenizer, then the trained model with it, the adapter, and the fully fine-tuned model. */
  tokenizer: string;
  base: string;
  adapter: string;
  full: string;
  /** Scores of experts, one folder per text. */
  scores: string;
  /** Result of a finished stage. */
  result(stage: string): string;
  /** Checkpoints of a stage that is not finished. */
  checkpoints(stage: string): string;
}

/** The paths of a run. */
export function runFolder(runs: string, name: string): RunFolder {
  const path = join(runs, name);
  return {
    name,
    path,
    config: join(path, "config.json"),
    data: join(path, "data.json"),
    metrics: join(path, "metrics.jsonl"),
    report: join(path, "report.html"),
    tokenizer: join(path, "tokenizer"),
    base: join(path, "base"),
    adapter: join(path, "adapter"),
    full: join(path, "full"),
    scores: join(path, "scores"),
    result: (stage) => join(path, "results", `${stage}.json`),
    checkpoints: (stage) => join(path, "checkpoints", stage),
  };
}

const isName = (name: string) => /^[\w.-]+$/.test(name) && !/^\.+$/.test(name);

/** @throws {UsageError} when a name is not a folder name */
function checkName(name: string): void {
  if (!isName(name))
    throw new UsageError(`--name may have letters, digits, ".", "-" and "_", got "${name}"`);
}

/** Creates a folder, which claims its name. @returns false when it exists and is not empty */
async function claim(path: string): Promise<boolean> {
  try {
    await disk.mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw ioError("make the folder", path, error);
  }
  // A run that was killed before it had a configuration left nothing but its lock and temporary files.
  const names = await readdir(path).catch(() => [""]);
  return names.every((name) => name.startsWith(LOCK_FILE) || /^config\.json\..*\.tmp$/.test(name));
}

/**
 * Creates the folder of a new run; without a name, the first of `main`, `main-2`, `main-3`, … that is free.
 * @throws {UsageError} when the name is not a folder name or taken
 */
export async function createRun(
  runs: string,
  name: string | undefined,
  stem: string,
): Promise<RunFolder> {
  if (name !== undefined) checkName(name);
  await makeFolder(runs);
  let chosen = name ?? stem;
  for (let i = 2; !(await claim(join(runs, chosen))); i++) {
    if (name !== undefined)
      throw new UsageError(
        `run "${name}" exists; continue it with --resume, or take another --name`,
      );
    chosen = `${stem}-${i}`;
  }
  return runFolder(runs, chosen);
}

/** Unfinished runs, most recently modified first. */
async function unfinishedRuns(runs: string, lastStage: string): Promise<RunFolder[]> {
  const names = await readdir(runs).catch(() => [] as string[]);
  const touched = ({ metrics, config }: RunFolder) =>
    statSync(existsSync(metrics) ? metrics : config).mtimeMs;
  return names
    .map((name) => runFolder(runs, name))
    .filter((run) => existsSync(run.config) && !existsSync(run.result(lastStage)))
    .sort((a, b) => touched(b) - touched(a));
}

/**
 * Finds the run to resume: the named one, or the most recently modified unfinished one.
 * @throws {UsageError} when the name is not a folder name, or there is none
 */
export async function findRun(
  runs: string,
  name: string | undefined,
  lastStage: string,
): Promise<RunFolder> {
  if (name === undefined) {
    const [newest] = await unfinishedRuns(runs, lastStage);
    if (newest) return newest;
    throw new UsageError(`there is no unfinished run in ${runs}`);
  }
  checkName(name);
  const run = runFolder(runs, name);
  if (existsSync(run.config)) return run;
  throw new UsageError(`there is no run "${name}" in ${runs}`);
}
