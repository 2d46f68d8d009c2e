import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../cli/usage-error";

/** One selection: where its scores are, and where its configuration goes. */
export interface SelectionJob {
  scores: string;
  out: string;
}

/** Flags that say what is selected; paths, and names of tasks, comma-separated. */
export interface SelectionFlags {
  scores: string;
  out: string | undefined;
  outputDir: string | undefined;
  evalDatasets: string | undefined;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * What to select: one configuration out of one folder; or one for each named task, whose scores are in a folder of that name
 * inside the scores folder, as in the official README (for a single task the scores folder itself may be meant).
 * @throws {UsageError} unless exactly one place to write is given, and it can hold all configurations
 */
export async function selectionJobs({
  scores,
  out,
  outputDir,
  evalDatasets,
}: SelectionFlags): Promise<SelectionJob[]> {
  if ((out === undefined) === (outputDir === undefined))
    throw new UsageError("give either --out, a file, or --output-dir, a folder");
  const fileOf = (name: string) => out ?? join(outputDir!, `${name}.json`);
  if (evalDatasets === undefined) return [{ scores, out: fileOf("expert_cfg") }];
  const tasks = evalDatasets.split(",").map((name) => name.trim());
  const isWrong = tasks.some((name) => name === "" || name === ".." || /[/\\]/.test(name));
  if (isWrong || new Set(tasks).size !== tasks.length)
    throw new UsageError(
      `--eval-datasets must be different names of tasks, separated by commas, got "${evalDatasets}"`,
    );
  if (tasks.length > 1 && out !== undefined)
    throw new UsageError("--out is one file; give --output-dir for several tasks");
  const folderOf = async (task: string) =>
    tasks.length > 1 || (await isFolder(join(scores, task))) ? join(scores, task) : scores;
  return Promise.all(
    tasks.map(async (task) => ({ scores: await folderOf(task), out: fileOf(task) })),
  );
}
