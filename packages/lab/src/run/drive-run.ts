import { setImmediate as nextTurn } from "node:timers/promises";
import { LabError } from "../errors";
import { type RunEvent, type Study, variantsOf } from "../study/study";
import type { RunTask } from "./executor";

/** How a run is driven. */
export interface DriveOptions {
  signal: AbortSignal;
  onEvent(event: RunEvent): void;
  /** How many threads the run should use; undefined for as many as it likes. */
  threads?: number | undefined;
}

function resultOf({ inputs, variant }: RunTask, other: string): unknown {
  if (Object.hasOwn(inputs, other)) return inputs[other];
  const message = `lab: "${variant}" reads the result of "${other}" without naming it in "after"`;
  throw new LabError("ERR_STUDY", message, { fields: { variant, other } });
}

/**
 * Does one run of a study on this thread.
 *
 * @returns what the run returns
 * @throws {LabError} `ERR_STUDY` for a variant that the study does not have; the signal's reason on abort; what the run throws
 */
export async function driveRun<S, R>(
  study: Study<S, R>,
  task: RunTask,
  { signal, onEvent, threads }: DriveOptions,
): Promise<R> {
  const settings = task.settings as S;
  const { artifacts, seed } = task;
  const variant = variantsOf(study, settings).find(({ id }) => id === task.variant);
  if (!variant) {
    const message = `lab: study "${study.name}" has no variant "${task.variant}"`;
    throw new LabError("ERR_STUDY", message, { fields: { variant: task.variant } });
  }
  signal.throwIfAborted();
  const result = <T>(other: string) => resultOf(task, other) as T;
  const events = study.run(variant, seed, { settings, signal, artifacts, threads, result });
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      onEvent(value);
      await nextTurn(); // signals and timers have their turn between two steps of computing
      signal.throwIfAborted();
    }
  } finally {
    // After an abort this runs what the generator has in `finally`.
    await events.return(undefined as never);
  }
}
