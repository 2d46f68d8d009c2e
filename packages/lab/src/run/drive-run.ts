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

/** Does one run of a study on this thread. @returns what the run returns */
export async function driveRun<S, R>(
  study: Study<S, R>,
  { settings, variant: id, seed, artifacts, inputs }: RunTask,
  { signal, onEvent, threads }: DriveOptions,
): Promise<R> {
  const fail = (message: string, fields: Record<string, unknown>): never => {
    throw new LabError("ERR_STUDY", `lab: ${message}`, { fields });
  };
  const variant =
    variantsOf(study, settings as S).find((own) => own.id === id) ??
    fail(`study "${study.name}" has no variant "${id}"`, { variant: id });
  signal.throwIfAborted();
  const result = <T>(other: string): T =>
    Object.hasOwn(inputs, other)
      ? (inputs[other] as T)
      : fail(`"${id}" reads the result of "${other}" without naming it in "after"`, { other });
  const context = { settings: settings as S, signal, artifacts, threads, result };
  const events = study.run(variant, seed, context);
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

/** Imports the study that a task names. @throws {LabError} `ERR_MODULE` where that fails */
export async function importStudy(task: RunTask): Promise<Study<unknown, unknown>> {
  const { module, exportName, study: name } = task;
  const fail = (message: string, cause?: unknown): never => {
    throw new LabError("ERR_MODULE", `lab: ${message}`, { fields: { module, exportName }, cause });
  };
  if (module === undefined)
    return fail(`study "${name}" has no "module", which workers need: set it to import.meta.url`);
  const exports = await import(module).catch((error: Error) =>
    fail(`cannot import study "${name}" from ${module}: ${error.message}`, error),
  );
  const study = exports[exportName];
  return study?.name === name && "run" in study && "variants" in study
    ? study
    : fail(`${module} must export study "${name}" as "${exportName}"`);
}

/** Progress crosses threads and machines this often at most. */
const EVERY_MS = 200;

/** Passes on events about progress only now and then, and all others. */
export function throttled(pass: (event: RunEvent) => void): (event: RunEvent) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    const now = performance.now();
    if (event.type === "progress" && now - last < EVERY_MS) return;
    last = now;
    pass(event);
  };
}
