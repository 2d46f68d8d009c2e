import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, type ProcessIdentity, processOf, saveTextNow } from "@deepgrain/support/files";

/** Name of the record of started processes in the folder of a run. */
export const PROCESSES_FILE = "processes.json";

/** Time that a process has to end by itself before it is killed. */
const GRACE_MS = 5000;

/** The processes that a command starts for a run. */
export interface OwnProcesses {
  /** Notes a process, so that it is found after a kill of this one. */
  note(name: string, pid: number | undefined): void;
}

type Noted = ProcessIdentity & { host: string };

/** Whether a value of the record is a process: below 1, a number stands for a group, or for all processes. */
const isNoted = (value: unknown): value is Noted => {
  const { pid, start, host } = Object(value);
  return (
    Number.isSafeInteger(pid) && pid > 0 && [start, host].every((one) => typeof one === "string")
  );
};

/** The processes of a record; none where there is none, or something else. */
function known(path: string): Noted[] {
  try {
    return Object.values(Object(JSON.parse(readFileSync(path, "utf8")))).filter(isNoted);
  } catch {
    return []; // none yet
  }
}

/** Ends a process that an earlier command left; one that only has its number now is let be. */
async function end(identity: ProcessIdentity): Promise<void> {
  const isThere = () => identity.start !== "0" && isRunning(identity);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (isThere()) process.kill(identity.pid, signal);
    for (let waited = 0; isThere() && waited < GRACE_MS; waited += 50) await sleep(50);
  }
}

/**
 * Opens the record of the processes of a run, and ends those that an earlier command of it left running when it was
 * killed. Call it with the folder locked.
 */
export async function ownProcesses(folder: string): Promise<OwnProcesses> {
  const path = join(folder, PROCESSES_FILE);
  const here = hostname();
  const earlier = known(path).filter(({ host }) => host === here);
  await Promise.all(earlier.map(end));
  const now: Record<string, Noted> = {};
  return {
    note(name, pid) {
      if (pid === undefined) return; // it could not be started
      now[name] = { ...processOf(pid), host: here };
      saveTextNow(path, `${JSON.stringify(now)}\n`); // at once: a kill may come next
    },
  };
}
