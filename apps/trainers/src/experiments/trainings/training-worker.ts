/** @file The worker thread: does one assignment after the other on one processor core. */
import { parentPort } from "node:worker_threads";
import { setBackend } from "@deepgrain/tensor-gpu";
import { oneThreadBackend } from "../../papers/one-thread-backend";
import { type Assignment, type Report, runAssignment } from "./training-kinds";

/** Progress is told this often at most. */
const REPORT_MS = 200;

let isReady = false;

/** The other cores have workers of their own. */
function useOneThread(): void {
  if (isReady) return;
  const name = process.env.DEEPGRAIN_BACKEND ?? "wasm";
  setBackend(oneThreadBackend(name) ?? name);
  isReady = true;
}

/** Does an assignment; the pool calls it by this name. */
export async function work(assignment: Assignment): Promise<unknown> {
  useOneThread();
  let last = 0;
  const report = (done: number, message: string) => {
    if (performance.now() - last < REPORT_MS) return;
    last = performance.now();
    parentPort?.postMessage({ id: assignment.id, done, message } satisfies Report);
  };
  // A worker that is to stop is ended from outside.
  return runAssignment(assignment, { signal: new AbortController().signal, report });
}
