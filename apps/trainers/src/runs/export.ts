import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { eventFile } from "@deepgrain/command-line/metrics/event-file";
import { metricsCsv } from "@deepgrain/command-line/metrics/metrics-csv";
import { type MetricsRecord, parseRecord } from "@deepgrain/command-line/metrics/metrics-log";
import { scalarEvents } from "@deepgrain/command-line/metrics/scalar-events";
import { type FoundRun, findRuns } from "@deepgrain/command-line/runs/find-runs";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { makeFolder, saveText } from "@deepgrain/support/files";
import type { exportFlags } from "./flags";

/** Name of the file of each format. TensorBoard looks for `tfevents`. */
const fileNames = { csv: "metrics.csv", tensorboard: "events.out.tfevents.deepgrain" } as const;

/** The records of a run, and how many lines hold none. */
async function readMetrics(path: string): Promise<{ records: MetricsRecord[]; damaged: number }> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line.trim() !== "");
  const records = lines.flatMap((line) => parseRecord(line) ?? []);
  return { records, damaged: lines.length - records.length };
}

/** Where each run's file goes. @throws {UsageError} where one is already and may not be replaced */
function targetsOf(
  runs: readonly FoundRun[],
  { format, out, overwrite }: Pick<Values<typeof exportFlags>, "format" | "out" | "overwrite">,
): string[] {
  const folderOf = ({ path, name }: FoundRun) =>
    out === undefined ? path : runs.length > 1 ? join(out, name) : out;
  const targets = runs.map((run) => join(folderOf(run), fileNames[format]));
  const used = targets.find((target) => existsSync(target));
  if (used !== undefined && !overwrite)
    throw new UsageError(`${used} exists; replace it with --overwrite`);
  return targets;
}

/** `export`. */
export const exportRuns: RunCommand<typeof exportFlags> = async (
  { dir: folders, format, out, overwrite, json },
  { write, progress, signal },
) => {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new UsageError(`<dir> must be a folder; there is no ${missing}`);
  const runs = (await findRuns(folders)).filter(({ kind }) => kind === "training");
  if (runs.length === 0)
    throw new UsageError(
      `<dir> must hold a run: there is no metrics.jsonl in ${folders.join(", ")}`,
    );
  const targets = targetsOf(runs, { format, out, overwrite });
  for (const [i, { path }] of runs.entries()) {
    const target = targets[i]!;
    signal.throwIfAborted();
    await makeFolder(dirname(target));
    const source = join(path, "metrics.jsonl");
    const { records, damaged } = await readMetrics(source);
    if (damaged > 0)
      progress.note(
        `${damaged} ${damaged === 1 ? "line" : "lines"} of ${source} hold no record and are left out`,
      );
    if (format === "csv") await saveText(target, metricsCsv(records));
    else {
      const written = (await stat(source)).mtimeMs / 1000;
      await saveText(target, eventFile(scalarEvents(records, written)));
    }
  }
  write(json ? `${JSON.stringify({ format, files: targets })}\n` : `${targets.join("\n")}\n`);
};
