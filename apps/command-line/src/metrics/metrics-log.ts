import { readFile } from "node:fs/promises";
import { appendText, saveText } from "@deepgrain/support/files";

/** One line of metrics.jsonl. */
export interface MetricsRecord {
  stage: string;
  type: string;
  /** Steps done in the stage. */
  step: number;
  /** When it was appended, as ISO 8601; absent in files of older versions. */
  time?: string | undefined;
  [field: string]: unknown;
}

/** The measurements of a run, one JSON object per line, appended with the time as they arrive. */
export interface MetricsLog {
  append(record: MetricsRecord): Promise<void>;
  /** All complete lines. A line that was truncated by a crash is left out. */
  read(): Promise<MetricsRecord[]>;
  /** Resets a stage to a step: later entries are deleted, as the steps will be repeated. */
  rewind(stage: string, step: number): Promise<void>;
}

/** The record of a line; undefined for a line that holds none, as one that a crash cut short. */
export function parseRecord(line: string): MetricsRecord | undefined {
  try {
    const record = JSON.parse(line) as MetricsRecord;
    const { stage, type, step } = record;
    const isRecord = typeof stage === "string" && typeof type === "string";
    return isRecord && Number.isSafeInteger(step) && step >= 0 ? record : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (records: readonly MetricsRecord[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/**
 * Opens a metrics file, which need not exist. Its folder must exist, so that a run detects its deletion.
 * @param now the time of appended records
 */
export function metricsLog(path: string, now: () => Date = () => new Date()): MetricsLog {
  const read = async () =>
    (await readText(path)).split("\n").flatMap((line) => parseRecord(line) ?? []);
  return {
    async append(record) {
      const dated = { ...record, time: now().toISOString() };
      await appendText(path, textOf([dated]));
    },
    read,
    async rewind(stage, step) {
      const text = await readText(path);
      const kept = (await read()).filter((record) => record.stage !== stage || record.step <= step);
      if (textOf(kept) !== text) await saveText(path, textOf(kept));
    },
  };
}
