import { FilesError, reasonOf } from "@deepgrain/support/files";
import { acquireLock } from "@deepgrain/support/files/lock";
import { PrmError } from "../errors";
import {
  type AnnotationEntry,
  type AnnotationStore,
  createAnnotationStore,
} from "./annotation-store";
import { openAppender } from "./append-lines";

/** A store in a file of JSON lines: the run's settings, then completions, steps and solutions as they are completed. */
export interface Journal extends AnnotationStore {
  readonly path: string;
  /** Number of entries when it was opened. */
  readonly resumed: number;
  /** Tokens of the completions among them, for `spentTokens` of a ledger that continues the run. */
  readonly spentTokens: number;
  /** Number of duplicate entries, which are ignored. */
  readonly repeated: number;
  /** Waits for pending writes, and closes the file. */
  close(): Promise<void>;
}

const damaged = (path: string, line: number, why: string) =>
  new PrmError("ERR_JOURNAL", `openJournal: ${path}, line ${line}: ${why}`, {
    fields: { path, line },
  });

/** @throws {PrmError} `ERR_JOURNAL` where the settings of a journal differ from the run's */
function checkSettings(path: string, line: string, settings: Readonly<Record<string, unknown>>) {
  let stored: Record<string, unknown> | undefined;
  try {
    const header = JSON.parse(line) as {
      type?: unknown;
      settings?: Record<string, unknown> | undefined;
    };
    if (header.type === "run") stored = header.settings;
  } catch {
    // reported below
  }
  if (!stored) throw damaged(path, 1, "this is not a journal of an annotation");
  const wanted = JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
  const differing = Object.keys({ ...stored, ...wanted }).filter(
    (key) => JSON.stringify(stored[key]) !== JSON.stringify(wanted[key]),
  );
  if (differing.length === 0) return;
  const [key] = differing as [string];
  throw new PrmError(
    "ERR_JOURNAL",
    `openJournal: ${path} is of another run: ${key} was ${JSON.stringify(stored[key])}, is ${JSON.stringify(wanted[key])}`,
    { fields: { path, differing } },
  );
}

/** Whether the required fields are present. */
function isEntry(entry: AnnotationEntry): boolean {
  if (entry.type === "solution")
    return typeof entry.id === "string" && [entry.steps, entry.estimates].every(Array.isArray);
  const isPlaced = typeof entry.solution === "string" && Number.isInteger(entry.step);
  if (entry.type === "step") return isPlaced && Number.isFinite(entry.value);
  return entry.type === "completion" && isPlaced && Number.isInteger(entry.index);
}

function parseEntry(path: string, line: string, number: number): AnnotationEntry {
  try {
    const entry = JSON.parse(line) as AnnotationEntry;
    if (isEntry(entry)) return entry;
  } catch {
    // reported below
  }
  throw damaged(path, number, `no entry: ${line.slice(0, 80)}`);
}

async function lockOf(path: string) {
  try {
    return await acquireLock(`${path}.lock`, { what: `annotation into ${path}` });
  } catch (error) {
    if (!FilesError.isInstance(error)) throw error;
    throw new PrmError("ERR_JOURNAL", `openJournal: ${reasonOf(error)}`, {
      fields: { path },
      cause: error,
    });
  }
}

/**
 * Opens a journal for writing: a new one, or that of a stopped or killed run. An incomplete last line is removed; its
 * contents are generated again.
 *
 * @param path of the file; its folder must exist
 * @param settings of the run, as `settingsRecord` gives them
 * @throws {PrmError} `ERR_JOURNAL` where it belongs to a run with other settings, is in use, or is damaged
 */
export async function openJournal(
  path: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Journal> {
  const lock = await lockOf(path);
  try {
    const appender = await openAppender(path);
    try {
      const store = createAnnotationStore((entry) => appender.append(JSON.stringify(entry)));
      let [number, resumed, repeated, spentTokens] = [0, 0, 0, 0];
      for await (const line of appender.lines()) {
        if (++number === 1) {
          checkSettings(path, line, settings);
          continue;
        }
        const entry = parseEntry(path, line, number);
        if (store.load(entry)) resumed++;
        else repeated++;
        if (entry.type === "completion")
          spentTokens += (entry.promptTokens ?? 0) + (entry.completionTokens ?? 0);
      }
      if (number === 0)
        await appender.append(JSON.stringify({ type: "run", version: 1, settings }));
      const close = async () => {
        await appender.close().finally(() => lock.release());
      };
      return { ...store, path, resumed, spentTokens, repeated, close };
    } catch (error) {
      await appender.close().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}
