/** @file The worker thread: does one run after the other. */
import { parentPort } from "node:worker_threads";
import { driveRun, importStudy, throttled } from "../run/drive-run";
import type { RunTask } from "../run/executor";
import type { RunEvent } from "../study/study";

/** Reports an event of a task; without one, that all were reported. */
const say = (id: number, event?: RunEvent) => parentPort?.postMessage({ id, event });

/** Does a run; the pool calls it by this name. */
export async function work({
  id,
  task,
  threads,
}: {
  id: number;
  task: RunTask;
  /** For the run's own use. */
  threads: number;
}): Promise<unknown> {
  const onEvent = throttled((event) => say(id, event));
  const { signal } = new AbortController(); // a worker that is to stop is ended from outside
  const options = { signal, onEvent, threads };
  return driveRun(await importStudy(task), task, options).finally(() => say(id));
}
