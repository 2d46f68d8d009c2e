import { nodeChildProcess, nodeFilesSync } from "./node-modules";

/** A process, told apart from later ones that get the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in the system's own count; "0" where that cannot be told. */
  start: string;
}

interface ProcStat {
  state: string;
  start: string;
}

/** State and start of a process, from Linux's /proc; undefined elsewhere or when there is no such process. */
function procStat(pid: number): ProcStat | undefined {
  try {
    const text = nodeFilesSync().readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // from field 3, past the name
    return { state: fields[0]!, start: fields[19]! };
  } catch {
    return undefined;
  }
}

/** Start of a process in seconds since 1970, as `ps` of macOS and the BSDs prints it. */
function psStart(pid: number): string | undefined {
  if (process.platform === "win32") return undefined;
  try {
    const text = nodeChildProcess().execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const seconds = Date.parse(text.trim()) / 1000;
    return Number.isFinite(seconds) ? String(seconds) : undefined;
  } catch {
    return undefined;
  }
}

const startOf = (pid: number): string | undefined => procStat(pid)?.start ?? psStart(pid);

/** Another process of this machine, by its number. */
export const processOf = (pid: number): ProcessIdentity => ({ pid, start: startOf(pid) ?? "0" });

let own: ProcessIdentity | undefined;

/** This process: the same object whenever it is asked for. */
export function thisProcess(): ProcessIdentity {
  own ??= processOf(process.pid);
  return own;
}

/**
 * Whether that very process still runs. A later process with the same number does not count where the system tells when
 * processes began (Linux, macOS, BSD); where it does not (Windows), any process of that number counts as the one.
 */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  if (pid === process.pid)
    return [start, thisProcess().start].some((one) => one === "0") || start === thisProcess().start;
  try {
    process.kill(pid, 0); // signal 0 only asks
  } catch (error) {
    if ((error as { code?: string }).code !== "EPERM") return false;
  }
  const stat = procStat(pid);
  if (stat?.state === "Z") return false; // ended, and its parent has not looked yet
  const current = start === "0" ? undefined : (stat?.start ?? psStart(pid));
  return current === undefined || current === start;
}
