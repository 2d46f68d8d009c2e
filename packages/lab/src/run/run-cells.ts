import type { Provenance } from "@deepgrain/support/files";
import type { Lock } from "@deepgrain/support/files/lock";
import { fail } from "../errors";
import type { RunEvent, Study } from "../study/study";
import { driveRun } from "./drive-run";
import { channel } from "./events";
import type { Executor, RunTask } from "./executor";
import type { Cell, Finished } from "./plan";
import { saveRun } from "./run-file";
import { schedule, watchProgress } from "./schedule";
import type { RunningEvent } from "./study-event";

/** A study whose folder is open. */
interface OpenStudy<S, R> {
  study: Study<S, R>;
  settings: S;
  artifacts: string;
  /** Gets the runs that are done. */
  finished: Finished<R>;
  executor: Executor;
  /** Where results of this process come from. */
  from: Provenance;
  lock: Lock;
  /** Ends all runs. */
  stop: AbortController;
  signal: AbortSignal;
}

/** Does runs and writes their files. @yields their starts, events and ends */
export function runCells<S, R>(
  cells: readonly Cell[],
  { study, settings, artifacts, finished, executor, from, lock, stop, signal }: OpenStudy<S, R>,
): AsyncGenerator<RunningEvent, void, void> {
  const { module, exportName = "study", parse } = study;
  const progress = watchProgress(cells, finished);

  async function run(cell: Cell, push: (event: RunningEvent) => Promise<void>): Promise<void> {
    const { path, key, about, after } = cell;
    const results = after.map((one) => [one.variant.id, finished.get(one)!.result]);
    const inputs = Object.fromEntries(results);
    const task = { module, exportName, ...key, settings, artifacts, inputs };
    const onEvent = (event: RunEvent) => {
      progress.report(cell, event);
      return push({ type: "run-event", ...about, event, ...progress.current() });
    };
    await push({ type: "run-start", ...about });
    const began = performance.now();
    const here = (own: RunTask) => driveRun(study, own, { signal, onEvent });
    const { result, provenance = from } = await executor.execute(task, { signal, onEvent, here });
    const seconds = Number(((performance.now() - began) / 1000).toFixed(2));
    await lock.assertHeld();
    finished.set(cell, await saveRun(path, key, { result, seconds, provenance }, parse));
    await executor.settle?.(task);
    progress.finish(cell);
    await push({ type: "run-end", ...about, path, ...progress.current() });
  }

  function failed({ name, ...fields }: Cell["about"], cause: Error): never {
    signal.throwIfAborted();
    stop.abort(cause); // ends the other runs
    return fail("ERR_RUN", `lab: ${name} failed: ${cause.message}`, fields, cause);
  }
  return channel(
    (push) =>
      schedule(cells, {
        concurrency: executor.concurrency,
        signal,
        isFinished: (cell) => finished.has(cell),
        start: (cell) => run(cell, push).catch((cause) => failed(cell.about, cause)),
      }),
    () => stop.abort(),
  );
}
