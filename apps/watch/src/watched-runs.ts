import { type FoundRun, findRuns } from "@deepgrain/command-line/runs/find-runs";
import { z } from "zod";
import { type FollowedLines, followLines } from "./follow-lines";
import { openInside, readInside } from "./open-inside";
import { type RunState, runState } from "./run-state";

/** Runs that are followed, at most: those that were written last. */
const MOST_RUNS = 12;

/** Bytes of a small file that is read whole. */
const SMALL = 2 ** 20;

/** A run that is followed. */
export interface WatchedRun {
  name: string;
  state: RunState;
  /** Its steps, where run.json says them. */
  steps: number | undefined;
  /** Rises with each change. */
  version: number;
}

/** A run or a study that may have a report. */
export interface WatchedReport {
  /** Where the report is served: `report/ID`. */
  id: number;
  name: string;
  /** Name of the study; undefined for a training. */
  study: string | undefined;
  hasReport: boolean;
}

/** Runs and reports below the folders. */
export interface Watched {
  runs: readonly WatchedRun[];
  reports: readonly WatchedReport[];
  /** Runs that are not followed, as there are too many. */
  others: number;
}

/** Follows the runs below folders. */
export interface RunWatcher {
  /** Looks for new runs. */
  scan(): Promise<void>;
  /** Reads what has been written since. */
  read(): Promise<Watched>;
  /** The place of a report. */
  placeOf(id: number): Pick<FoundRun, "root" | "path"> | undefined;
}

interface Followed extends WatchedRun {
  found: FoundRun;
  lines: FollowedLines;
}

const recordSchema = z.looseObject({
  settings: z.looseObject({ steps: z.int().min(1).optional() }),
});
const studySchema = z.looseObject({ study: z.string() });

/** The value of a small JSON file; undefined where there is none, or another. */
async function jsonOf<T>(
  { root, path }: FoundRun,
  name: "run.json" | "study.json",
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const text = await readInside(root, path, { name, most: SMALL });
  try {
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** When its metrics were last written, in milliseconds; undefined where they may not be read. */
async function writtenAt({ root, path }: FoundRun): Promise<number | undefined> {
  const file = await openInside(root, path, "metrics.jsonl");
  try {
    return file && (await file.stat()).mtimeMs;
  } finally {
    await file?.close();
  }
}

/** The trainings that were written last, in the order of their names. */
async function latest(trainings: readonly FoundRun[]): Promise<FoundRun[]> {
  const dated: { found: FoundRun; at: number }[] = [];
  for (const found of trainings) {
    const at = await writtenAt(found);
    if (at !== undefined) dated.push({ found, at });
  }
  const chosen = new Set(
    dated
      .sort((a, b) => b.at - a.at)
      .slice(0, MOST_RUNS)
      .map(({ found }) => found),
  );
  return trainings.filter((found) => chosen.has(found));
}

async function follow(found: FoundRun): Promise<Followed> {
  const state = runState();
  const record = await jsonOf(found, "run.json", recordSchema);
  const steps = record?.settings.steps;
  return { name: found.name, found, state, lines: followLines(state), steps, version: 0 };
}

async function readRun(run: Followed): Promise<void> {
  const file = await openInside(run.found.root, run.found.path, "metrics.jsonl");
  try {
    if (file && (await run.lines.read(file))) run.version++;
  } catch {
    // it cannot be read now: perhaps the next time
  } finally {
    await file?.close();
  }
}

/** Watches folders; nothing is read before it is asked to. */
export function watchRuns(folders: readonly string[]): RunWatcher {
  const followed = new Map<string, Followed>();
  const ids = new Map<string, number>();
  const places: FoundRun[] = [];
  let reports: WatchedReport[] = [];
  let order: string[] = [];
  let others = 0;

  function idOf(found: FoundRun): number {
    const id = ids.get(found.path) ?? places.length;
    ids.set(found.path, id);
    places[id] = found;
    return id;
  }

  async function reportOf(found: FoundRun): Promise<WatchedReport> {
    const study =
      found.kind === "study" ? await jsonOf(found, "study.json", studySchema) : undefined;
    const file = await openInside(found.root, found.path, "report.html");
    await file?.close();
    const hasReport = file !== undefined;
    return { id: idOf(found), name: found.name, study: study?.study.slice(0, 80), hasReport };
  }

  return {
    async scan() {
      const found = await findRuns(folders);
      const trainings = found.filter(({ kind }) => kind === "training");
      const chosen = await latest(trainings);
      others = trainings.length - chosen.length;
      order = chosen.map(({ path }) => path);
      for (const one of chosen)
        if (!followed.has(one.path)) followed.set(one.path, await follow(one));
      for (const path of followed.keys()) if (!order.includes(path)) followed.delete(path);
      reports = [];
      for (const one of found) {
        const report = await reportOf(one);
        if (report.hasReport || report.study !== undefined) reports.push(report);
      }
    },
    async read() {
      const runs = order.map((path) => followed.get(path)!);
      for (const run of runs) await readRun(run);
      return { runs, reports, others };
    },
    placeOf: (id) => places[id],
  };
}
