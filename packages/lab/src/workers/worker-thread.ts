/** @file The worker thread: does one run after the other. */
import type { MessagePort } from "node:worker_threads";
import { driveRun, importStudy, throttled } from "../run/drive-run";
import type { RunTask } from "../run/executor";

/** Does a run; the pool calls it by this name. Events go through `port`, which is closed after the last. */
export async function work({ task, port }: { task: RunTask; port: MessagePort }): Promise<unknown> {
  const onEvent = throttled((event) => port.postMessage(event));
  const { signal } = new AbortController(); // a worker that is to stop is ended from outside
  try {
    return await driveRun(await importStudy(task), task, { signal, onEvent, threads: 1 });
  } finally {
    port.close();
  }
}
