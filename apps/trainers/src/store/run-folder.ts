import { existsSync, mkdirSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../cli/usage-error";

/** Where everything of a run lies. */
export interface RunFolder {
  name: string;
  path: string;
  /** What the run is asked to do. */
  config: string;
  metrics: string;
  report: string;
  /** The tokenizer, then the trained model with it, the adapter, and the fully fine-tuned model. */
  tokenizer: string;
  base: string;
  adapter: string;
  full: string;
  /** Scores of experts, a folder a text. */
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

/**
 * Makes the folder of a new run; without a name, the first of `main`, `main-2`, `main-3`, … that is free.
 * @throws {UsageError} when the name is no folder name or taken
 */
export function createRun(runs: string, name: string | undefined, stem: string): RunFolder {
  if (name !== undefined && !isName(name))
    throw new UsageError(`--name may have letters, digits, ".", "-" and "_", got "${name}"`);
  if (name !== undefined && existsSync(join(runs, name)))
    throw new UsageError(`run "${name}" exists; continue it with --resume, or take another --name`);
  let chosen = name ?? stem;
  for (let i = 2; existsSync(join(runs, chosen)); i++) chosen = `${stem}-${i}`;
  mkdirSync(join(runs, chosen), { recursive: true });
  return runFolder(runs, chosen);
}

/** Runs that were begun and have not ended, the last touched first. */
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
 * Finds the run to resume: the named one, or the unfinished one that was touched last.
 * @throws {UsageError} when there is none
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
  const run = runFolder(runs, name);
  if (existsSync(run.config)) return run;
  throw new UsageError(`there is no run "${name}" in ${runs}`);
}
