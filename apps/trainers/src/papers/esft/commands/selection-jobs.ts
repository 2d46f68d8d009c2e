import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../cli/usage-error";

/** One selection: where its scores are, and where its configuration goes. */
export interface SelectionJob {
  scores: string;
  out: string;
}

/** Flags that say what is selected, as paths. */
export interface SelectionFlags {
  scores: string;
  /** File to write. */
  out: string | undefined;
  /** Folder to write into. */
  outDir: string | undefined;
  /** Names of tasks, comma-separated. */
  tasks: string | undefined;
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
export async function selectionJobs(flags: SelectionFlags): Promise<SelectionJob[]> {
  const { scores, out, outDir } = flags;
  if ((out === undefined) === (outDir === undefined))
    throw new UsageError("give either --out, a file, or --output-dir, a folder");
  const tasks = flags.tasks?.split(",").map((name) => name.trim());
  if (tasks === undefined) return [{ scores, out: out ?? join(outDir!, "expert_cfg.json") }];
  const wrong = tasks.find((name) => name === "" || name === ".." || /[/\\]/.test(name));
  if (wrong !== undefined || new Set(tasks).size !== tasks.length)
    throw new UsageError(
      `--eval-datasets must be different names of tasks, separated by commas, got "${flags.tasks}"`,
    );
  if (tasks.length > 1 && out !== undefined)
    throw new UsageError("--out is one file; give --output-dir for several tasks");
  const folderOf = async (task: string) => {
    const own = join(scores, task);
    return tasks.length > 1 || (await isFolder(own)) ? own : scores;
  };
  return Promise.all(
    tasks.map(async (task) => ({
      scores: await folderOf(task),
      out: out ?? join(outDir!, `${task}.json`),
    })),
  );
}
