import { takeTurn } from "@deepgrain/support";
import { fail } from "../errors";
import { variantsOf } from "../study/check-study";
import type { RunEvent, Study } from "../study/study";
import { drain } from "./events";
import type { ExecuteOptions, RunTask } from "./executor";

/** Does one run of a study on this thread. @param options.threads default: as many as it likes */
export async function driveRun<S, R>(
  study: Study<S, R>,
  { settings: given, variant: id, seed, artifacts, inputs }: RunTask,
  { signal, onEvent, threads }: Omit<ExecuteOptions, "here"> & { threads?: number | undefined },
): Promise<R> {
  const settings = given as S;
  const variant =
    variantsOf(study, settings).find((own) => own.id === id) ??
    fail("ERR_STUDY", `lab: study "${study.name}" has no variant "${id}"`, { variant: id });
  function result<T>(other: string): T {
    if (Object.hasOwn(inputs, other)) return inputs[other] as T;
    const message = `lab: "${id}" reads the result of "${other}" without naming it in "after"`;
    return fail("ERR_STUDY", message, { other });
  }
  signal.throwIfAborted();
  const events = study.run(variant, seed, { settings, signal, artifacts, threads, result });
  return drain(events, async (event) => {
    await onEvent(event);
    await takeTurn(); // signals and timers have their turn between two steps of computing
    signal.throwIfAborted();
  });
}

/** Imports the study that a task names. @throws {LabError} `ERR_MODULE` where that fails */
export async function importStudy(task: RunTask): Promise<Study<unknown, unknown>> {
  const { module, exportName, study: name } = task;
  const refuse = (message: string, cause?: unknown): never =>
    fail("ERR_MODULE", `lab: ${message}`, { module, exportName }, cause);
  if (module === undefined)
    return refuse(`study "${name}" has no "module", which workers need: set it to import.meta.url`);
  const exports = await import(module).catch((error: Error) =>
    refuse(`cannot import study "${name}" from ${module}: ${error.message}`, error),
  );
  const study = exports[exportName];
  return study?.name === name && "run" in study && "variants" in study
    ? study
    : refuse(`${module} must export study "${name}" as "${exportName}"`);
}

/** Passes on events about progress every 200 ms at most, and all others. */
export function throttled(pass: (event: RunEvent) => void): (event: RunEvent) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    const now = performance.now();
    if (event.type === "progress" && now - last < 200) return;
    last = now;
    pass(event);
  };
}
