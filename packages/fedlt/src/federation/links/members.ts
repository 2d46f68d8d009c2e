import type { ChildProcess } from "node:child_process";
import { spawnOwned } from "@deepgrain/support/files";
import { listOf } from "../../errors";

/** Called with every process that is started, so that a caller can find it again, should it outlive the caller's own. */
export type ProcessNote = (name: string, pid: number | undefined) => void;

/** Processes on this machine that belong to a run. */
export interface OwnProcesses {
  /** Rejects when one cannot be kept running. */
  readonly failed: Promise<never>;
  /** Lets clients end by themselves after the run has ended, and ends a broker. */
  stop(): Promise<void>;
}

/** Maximum number of starts of a client that ends by itself. */
const MOST_STARTS = 5;
/** Time that clients have to end after the run. */
const GRACE_MS = 5000;

/**
 * Starts clients as processes of this Node.js, and restarts those that are killed, five times at most. They end with this
 * process, also when it is killed.
 *
 * @param commands arguments of each process: a script and what it is called with
 * @param note called with the name `worker <index>` and the id of every process
 * @returns the running processes
 */
export function startMembers(
  commands: readonly (readonly string[])[],
  note: ProcessNote = () => {},
): OwnProcesses {
  listOf("startMembers", "commands", commands);
  const children = new Set<ChildProcess>();
  let isOver = false;
  let reject: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, fail) => {
    reject = fail;
  });
  failed.catch(() => undefined); // seen by those who wait for it
  const start = (args: readonly string[], name: string, starts = 1) => {
    const child = spawnOwned(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    children.add(child);
    note(name, child.pid);
    let words = "";
    child.stderr!.on("data", (text: Buffer) => {
      words = (words + text.toString()).slice(-500);
    });
    child.once("exit", (code, signal) => {
      children.delete(child);
      if (isOver || code === 0) return;
      if (starts < MOST_STARTS) start(args, name, starts + 1);
      else reject(new Error(`a worker ended with ${signal ?? `code ${code}`}: ${words.trim()}`));
    });
  };
  for (const [i, args] of commands.entries()) start(args, `worker ${i}`);
  const stop = async () => {
    isOver = true;
    const kill = () => {
      for (const child of children) child.kill();
    };
    const ended = [...children].map((child) => new Promise((end) => child.once("exit", end)));
    const timer = setTimeout(kill, GRACE_MS); // those that miss the end message
    await Promise.all(ended);
    clearTimeout(timer);
  };
  return { failed, stop };
}
