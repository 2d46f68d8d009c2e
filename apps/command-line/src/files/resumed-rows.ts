import { readFile, stat } from "node:fs/promises";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { disk, ioError, saveJson } from "@deepgrain/support/files";
import { notJson } from "@deepgrain/support/json";

/** A file of rows that grows as they come. */
export interface ResumedRows<T> {
  /** The rows that an earlier run of the same command left. */
  readonly before: readonly T[];
  /** Resolves once the row is on disk. */
  append(row: T): Promise<void>;
  close(): Promise<void>;
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

async function recordAt(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error) => {
    if (isMissing(error)) return undefined;
    throw ioError("read", path, error);
  });
}

/** The complete lines of a file, and their length in bytes: a killed run may leave half a line. */
async function wholeLines(path: string): Promise<{ lines: string[]; bytes: number }> {
  const text = (await recordAt(path)) ?? "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return { lines: whole.split("\n").slice(0, -1), bytes: Buffer.byteLength(whole) };
}

/** An object in one of the files. @throws {UsageError} for what is none, naming file and line */
function parsed(path: string, text: string, line = 1): object {
  let problem = "an object is expected";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    problem = notJson(text, line);
  }
  throw new UsageError(`--out: ${path} is damaged: ${problem}; give another file`);
}

/** @throws {UsageError} unless the file is new, or was begun with the same settings */
async function claim(path: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const record = `${path}.run.json`;
  const stored = await recordAt(record);
  const wanted = JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
  if (stored === undefined) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere) throw new UsageError(`--out ${path} exists and is not of this command`);
    await saveJson(record, wanted);
    return;
  }
  const earlier = parsed(record, stored) as Record<string, unknown>;
  const differing = Object.keys({ ...earlier, ...wanted }).find(
    (key) => JSON.stringify(earlier[key]) !== JSON.stringify(wanted[key]),
  );
  if (differing !== undefined)
    throw new UsageError(
      `--out ${path} was begun with another ${differing}: ${JSON.stringify(earlier[differing])}, now ${JSON.stringify(wanted[differing])}; give another file, or delete it with ${record}`,
    );
}

/**
 * Opens a file of JSON lines that the same command continues where it was stopped or killed. The settings stand beside it,
 * in `<file>.run.json`. The command holds the file's lock.
 *
 * @throws {UsageError} for a file of other settings, or of something else; `FilesError`
 */
export async function resumeRows<T>(
  path: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<ResumedRows<T>> {
  await claim(path, settings);
  const { lines, bytes } = await wholeLines(path);
  const before = lines.map((line, i) => parsed(path, line, i + 1) as T);
  const file = await disk.open(path, "a");
  await disk.truncate(file, bytes);
  return {
    before,
    async append(row) {
      await disk.write(file, `${JSON.stringify(row)}\n`);
      await disk.sync(file);
    },
    close: () => disk.close(file),
  };
}
