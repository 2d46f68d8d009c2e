import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { listCheckpoints } from "@deepgrain/lm";
import { removeFolder, removeLeftovers } from "@deepgrain/support/files";
import { z } from "zod";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { saveJson } from "../formats/save-file";
import { differences } from "./differences";

const fields = z.record(z.string(), z.unknown());

const recordSchema = z.strictObject({
  version: z.literal(1),
  command: z.string(),
  settings: fields,
  data: fields,
});

/** The settings of a training, and fingerprints of the data that it reads. Stored as run.json in its folder. */
export type RunRecord = z.infer<typeof recordSchema>;

/** The files that a training writes besides its result. */
export const trainingFolder = (path: string) => ({
  record: join(path, "run.json"),
  metrics: join(path, "metrics.jsonl"),
  checkpoints: join(path, "checkpoints"),
});

export interface ClaimOptions {
  /** Continue the run in the folder, if there is one. */
  resume: boolean;
  /** Start again if there was a run: its checkpoints and measurements are deleted, and nothing else. */
  overwrite: boolean;
  /** Files of an earlier run that this one would treat as its own; they are deleted if there was one. */
  derived?: readonly string[];
}

/**
 * Makes a folder the run folder of a training, or checks that it is one. Call it with the folder locked.
 *
 * @throws {UsageError} without `resume` and `overwrite`, for a folder that was used before; with `resume`, when settings or
 *   data differ from those that the run was begun with, naming each with its old and its new value
 */
export async function claimRun(
  path: string,
  record: Omit<RunRecord, "version">,
  { resume, overwrite, derived = [] }: ClaimOptions,
): Promise<void> {
  if (resume && overwrite) throw new UsageError("give either --resume or --overwrite");
  const folder = trainingFolder(path);
  await removeLeftovers(path);
  const isRun = existsSync(folder.record);
  const checkpoints = await listCheckpoints(folder.checkpoints);
  if (resume && isRun) {
    return refuseDifferences(path, await readJson(folder.record, recordSchema), record);
  }
  if (resume && checkpoints.length > 0)
    throw new UsageError(
      `${path} holds checkpoints, but no run.json that says with which settings they were made; take another --out, or begin anew with --overwrite`,
    );
  const traces = await tracesOf(path, checkpoints.length);
  if (!resume && !overwrite && traces.length > 0)
    throw new UsageError(
      `${path} was used before (it holds ${traces.join(", ")}); go on with --resume, begin anew with --overwrite, or take another --out`,
    );
  if (overwrite) {
    for (const checkpoint of checkpoints) await removeFolder(checkpoint.path);
    await rm(folder.metrics, { force: true });
  }
  if (isRun) for (const name of derived) await rm(join(path, name), { force: true });
  await saveJson(folder.record, { version: 1, ...record } satisfies RunRecord);
}

function refuseDifferences(
  path: string,
  { command, settings, data }: RunRecord,
  fresh: Omit<RunRecord, "version">,
): void {
  const old = { command, ...settings, data };
  const differing = differences(old, {
    command: fresh.command,
    ...fresh.settings,
    data: fresh.data,
  });
  if (differing.length > 0)
    throw new UsageError(
      `--resume: the run in ${path} was begun otherwise: ${differing.join("; ")}. Give what it was begun with, or take another --out`,
    );
}

/**
 * Files that show that a training used the folder, or weights that a training would replace. A record alone does not: a
 * run that failed before its first step leaves it.
 */
async function tracesOf(path: string, checkpoints: number): Promise<string[]> {
  const names = await readdir(path).catch(() => [] as string[]);
  const telling = names.filter((name) => /^(metrics\.jsonl|.*\.safetensors)$/.test(name));
  return [...(checkpoints > 0 ? ["checkpoints"] : []), ...telling.sort()];
}
