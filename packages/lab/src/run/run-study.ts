import { join } from "node:path";
import { takeTurn } from "@deepgrain/support";
import { provenance } from "@deepgrain/support/files";
import { having, listOf, optionsOf, refuseUnknown, textOf } from "../errors";
import { saveReport } from "../report/study-report";
import type { StudyRuns } from "../study/runs";
import type { Study } from "../study/study";
import { inProcess } from "./executor";
import { type Finished, planOf, type RunStudyOptions } from "./plan";
import { runCells } from "./run-cells";
import { readRun } from "./run-file";
import type { StudyEvent } from "./study-event";
import { lockFolder } from "./study-folder";

const OPTIONS: readonly (keyof RunStudyOptions<unknown>)[] = [
  "folder",
  "settings",
  "seeds",
  "experiments",
  "executor",
  "signal",
  "versions",
  "report",
];

/**
 * Runs a study: each variant at each seed, as far as the folder does not hold its result already. Every finished run is one
 * JSON file, written atomically; a damaged file is run again. After an abort or a crash the same call goes on.
 *
 * @yields what happens, ending with `study-end`
 * @returns the runs, seed by seed in the order of the variants
 * @throws {LabError} `ERR_ARGUMENT` for seeds or experiments that are wrong; `ERR_CHANGED`, `ERR_FOLDER`, `ERR_LOCKED` for a
 *   folder that cannot be used; `ERR_IO` for one that is deleted meanwhile; `ERR_RUN` for a run that fails (the
 *   finished ones stay); `ERR_RESULT` for a result that is not plain data; the signal's reason on abort
 */
export async function* runStudy<S, R>(
  study: Study<S, R>,
  options: RunStudyOptions<S>,
): AsyncGenerator<StudyEvent<S, R>, StudyRuns<S, R>, void> {
  const {
    folder,
    settings: given,
    seeds,
    experiments: wanted,
    executor = inProcess(),
    signal: end,
    versions,
    report,
    ...rest
  } = optionsOf("runStudy", options);
  const stop = new AbortController();
  const signal = AbortSignal.any(end ? [stop.signal, end] : [stop.signal]);
  let release = async () => {};
  try {
    refuseUnknown("runStudy", rest, OPTIONS);
    having("runStudy", "study", study, "name", "settings", "variants", "run");
    textOf("runStudy", "folder", folder);
    listOf("runStudy", "seeds", seeds);
    signal.throwIfAborted();
    const plan = { folder, settings: given, seeds, experiments: wanted };
    const { settings, cells, mark, experiments } = planOf(study, plan);
    const lock = await lockFolder(folder, mark);
    release = lock.release;
    const finished: Finished<R> = new Map();
    for (const cell of cells) {
      await takeTurn();
      signal.throwIfAborted();
      const { path, key, about } = cell;
      const found = await readRun(path, key, study.parse);
      if (found && "damage" in found)
        yield { type: "run-damaged", ...about, path, reason: found.damage };
      else if (found) finished.set(cell, found);
    }
    const missing = cells.filter((cell) => !finished.has(cell));
    yield { type: "study-start", total: cells.length, found: finished.size };
    const artifacts = join(folder, "artifacts");
    if (missing.length > 0 && study.prepare)
      for await (const event of study.prepare({ settings, artifacts, signal })) {
        await takeTurn();
        signal.throwIfAborted();
        yield { type: "prepare-event", event };
      }
    const from = await provenance(study.module, versions);
    const open = { study, settings, artifacts, finished, executor, from, lock, stop, signal };
    yield* runCells(missing, open);
    const runs = cells.map((cell) => finished.get(cell)!);
    const all = { study: study.name, settings, seeds, experiments, runs };
    await lock.assertHeld();
    if (report) await saveReport(study, all, { folder, ...report });
    yield { type: "study-end", runs: all };
    return all;
  } finally {
    await executor.close?.();
    await release();
  }
}
