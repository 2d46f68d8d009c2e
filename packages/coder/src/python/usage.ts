import { readFileSync } from "node:fs";

/** Ticks of a second in `/proc`; a constant of Linux. */
const TICKS = 100;

/** Resources that a process has used. */
export interface Usage {
  /** Processor time of all its threads. */
  readonly seconds: number;
  /** Memory that it holds now. */
  readonly bytes: number;
}

/** Reads the usage of a process from `/proc`; undefined when it is gone. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    return { seconds: (Number(fields[11]) + Number(fields[12])) / TICKS, bytes: 1024 * kilobytes };
  } catch {
    return undefined;
  }
}

/** Children of a process, by its own list. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text
      .split(" ")
      .filter((part) => part !== "")
      .map(Number);
  } catch {
    return [];
  }
}
