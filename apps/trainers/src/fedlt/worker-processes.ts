import { type ChildProcess, spawn } from "node:child_process";
import type { OwnProcesses } from "../store/own-processes";

/** Maximum number of restarts of a worker that ends by itself. */
const MOST_STARTS = 5;

/** Processes on this machine that take part in a federation. */
export interface WorkerProcesses {
  /** Rejects when a worker cannot be kept running. */
  failed: Promise<never>;
  /** Lets them end by themselves after the run has ended. */
  stop(): Promise<void>;
}

/**
 * Starts this program once per list of arguments, and restarts those that are killed.
 *
 * @param commands arguments of each process
 * @param processes where they are noted, so that the next command ends them if this one is killed
 */
export function workerProcesses(
  commands: readonly (readonly string[])[],
  processes: OwnProcesses,
): WorkerProcesses {
  const children = new Set<ChildProcess>();
  let isOver = false;
  let reject: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, fail) => {
    reject = fail;
  });
  failed.catch(() => undefined);
  const start = (args: readonly string[], name: string, starts = 1) => {
    const child = spawn(process.execPath, [process.argv[1]!, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.add(child);
    processes.note(name, child.pid);
    let words = "";
    child.stderr.on("data", (text: Buffer) => {
      words = (words + text.toString()).slice(-500);
    });
    child.once("exit", (code, signal) => {
      children.delete(child);
      if (isOver || code === 0) return;
      if (starts < MOST_STARTS) start(args, name, starts + 1);
      else reject(new Error(`a worker ended with ${signal ?? `code ${code}`}: ${words.trim()}`));
    });
  };
  const kill = () => {
    for (const child of children) child.kill();
  };
  process.once("exit", kill);
  for (const [i, args] of commands.entries()) start(args, `worker ${i}`);
  const stop = async () => {
    isOver = true;
    process.off("exit", kill);
    const ended = [...children].map((child) => new Promise((end) => child.once("exit", end)));
    // Workers that miss the end message are stopped by a signal.
    const timer = setTimeout(kill, 5000);
    await Promise.all(ended);
    clearTimeout(timer);
  };
  return { failed, stop };
}
