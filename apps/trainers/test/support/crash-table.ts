import { textTable } from "@deepgrain/support/pages";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { crashAt, wholeRun } from "./crash-at";
import { type Fault, faultsOf } from "./crash-plan";
import type { CrashWay } from "./crash-ways";

/** What a way of writing came to. */
export interface Crashed {
  name: string;
  operations: number;
  runs: number;
  /** What differed from the undisturbed run, or was left, with the fault that it came of. */
  differences: string[];
}

/** Runs one way with faults. @param choose some of all faults */
export async function crashed(
  way: CrashWay,
  choose: (faults: readonly Fault[]) => readonly Fault[] = (faults) => faults,
): Promise<Crashed> {
  const cwd = await temporaryFolder();
  await way.prepare(cwd);
  const whole = await wholeRun(way, cwd);
  const faults = choose(faultsOf(whole.operations));
  const differences: string[] = [];
  for (const fault of faults) differences.push(...(await crashAt(way, whole, fault, cwd)));
  return { name: way.name, operations: whole.operations.length, runs: faults.length, differences };
}

/** The table of all ways. */
export function crashTable(rows: readonly Crashed[]): string {
  const head = ["way of writing", "operations", "runs", "differences"];
  const body = rows.map(({ name, operations, runs, differences }) => [
    name,
    ...[operations, runs, differences.length].map(String),
  ]);
  const sum = (field: "operations" | "runs") => rows.reduce((n, row) => n + row[field], 0);
  const found = rows.reduce((n, { differences }) => n + differences.length, 0);
  return textTable([
    head,
    ...body,
    ["all", ...[sum("operations"), sum("runs"), found].map(String)],
  ]);
}
