import { disk, nodeFiles, type OpenFile, reasonOf } from "@deepgrain/support/files";
import { PrmError } from "../errors";
import { textLines } from "../formats/text-lines";

/** A file that lines are appended to. */
interface Appender {
  /** The complete lines already in the file. Read them before appending. */
  lines(): AsyncGenerator<string, void>;
  /** Resolves once the line is on disk; lines appended at the same time share one write. */
  append(line: string): Promise<void>;
  /** Waits for the last write. */
  close(): Promise<void>;
}

const newline = 10;
const blockSize = 1 << 16;

/** The length of the file up to its last line break. */
async function wholeLength(file: OpenFile): Promise<number> {
  let end = (await file.stat()).size;
  const block = new Uint8Array(blockSize);
  while (end > 0) {
    const start = Math.max(0, end - blockSize);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(newline);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/**
 * Opens a file of lines for appending and removes an incomplete last line left by a killed process.
 * @throws {PrmError} `ERR_JOURNAL` where it cannot be opened or written
 */
export async function openAppender(path: string): Promise<Appender> {
  const ioError = (action: string, cause: unknown) => {
    const message = `openJournal: cannot ${action} ${path}: ${reasonOf(cause)}`;
    return new PrmError("ERR_JOURNAL", message, { fields: { path }, cause });
  };
  const writeError = (cause: unknown) => ioError("write", cause);
  const failing = (action: string) => (cause: unknown) => {
    throw ioError(action, cause);
  };
  const file = await disk.open(path, "a+").catch(failing("open"));
  try {
    await disk.truncate(file, await wholeLength(file));
  } catch (cause) {
    await disk.close(file).catch(() => undefined);
    throw ioError("repair", cause);
  }

  let waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;
  let broken: unknown; // After a failed write the last line may be incomplete.

  /** Writes all pending lines until none are left. */
  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (broken) throw broken;
        await disk.write(file, batch.map(({ text }) => text).join(""));
        await disk.sync(file);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        broken = error;
        for (const { reject } of batch) reject(writeError(error));
      }
    }
    writing = undefined;
  }

  return {
    async *lines() {
      const reader = await nodeFiles().open(path, "r").catch(failing("read"));
      yield* textLines(reader.createReadStream({ encoding: "utf8" })); // closes the reader
    },
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ text: `${line}\n`, resolve, reject });
        writing ??= drain();
      }),
    async close() {
      await writing;
      await disk.close(file).catch(failing("write"));
    },
  };
}
