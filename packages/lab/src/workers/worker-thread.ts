/** @file The worker thread: does one run after the other. */
import { parentPort } from "node:worker_threads";
import { driveRun, importStudy, throttled } from "../run/drive-run";
import type { RunTask } from "../run/executor";
import type { RunEvent } from "../study/study";

/** What the thread says while it is at a task; without an event, that it said all. */
export interface TaskMessage {
  id: number;
  event?: RunEvent;
}

const say = (message: TaskMessage) => parentPort?.postMessage(message);

/** Does a run; the pool calls it by this name. */
export async function work({ id, task }: { id: number; task: RunTask }): Promise<unknown> {
  const onEvent = throttled((event) => say({ id, event }));
  const { signal } = new AbortController(); // a worker that is to stop is ended from outside
  const result = await driveRun(await importStudy(task), task, { signal, onEvent, threads: 1 });
  say({ id });
  return result;
}
