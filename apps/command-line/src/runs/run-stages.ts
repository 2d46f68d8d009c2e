import { existsSync } from "node:fs";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { removeFolder, saveJson } from "@deepgrain/support/files";
import { z } from "zod";
import type { RunFolder } from "./run-folder";

/** One part of a run. Its result is a JSON value; a stage with a result on disk is not run again. */
export interface Stage<Context> {
  name: string;
  run(context: Context): Promise<unknown>;
}

/** The result of a finished stage, undefined while it is not finished. @throws {FormatError} for a file that is not JSON */
export async function stageResult<T>(folder: RunFolder, stage: string): Promise<T | undefined> {
  const path = folder.result(stage);
  return existsSync(path) ? ((await readJson(path, z.unknown())) as T) : undefined;
}

/**
 * Runs the stages that have no result yet, in order. A stage writes its result last; its checkpoints are then deleted.
 * @yields the name of each stage that was run
 */
export async function* runStages<Context>(
  folder: RunFolder,
  stages: readonly Stage<Context>[],
  context: Context,
): AsyncGenerator<string, void> {
  for (const { name, run } of stages) {
    const isFinished = (await stageResult(folder, name)) !== undefined;
    if (!isFinished) await saveJson(folder.result(name), (await run(context)) ?? null);
    await removeFolder(folder.checkpoints(name)); // of a finished stage too: a kill may have come before this
    if (!isFinished) yield name;
  }
}
