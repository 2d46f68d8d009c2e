import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  appendText,
  disk,
  FilesError,
  makeFolder,
  writeFileAtomic,
} from "@deepgrain/support/files";
import { acquireLock, type Lock } from "@deepgrain/support/files/lock";
import { FedError, optionsOf, refuseUnknown, textOf } from "../../errors";
import { decodeCheckpoint, encodeCheckpoint } from "../runtime/checkpoint-file";
import type { AcceptedUpdate, Checkpoint, Journal, RoundRecord } from "../runtime/journal";

/** A line of `journal.jsonl`. */
export type JournalLine =
  | ({ readonly type: "update-accepted" } & AcceptedUpdate)
  | ({ readonly type: "round-end" } & RoundRecord);

const fileOf = (round: number): string => `round-${String(round).padStart(6, "0")}.safetensors`;

const lineText = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

/** Appends a line and waits until it is on the disk. */
const append = (path: string, line: JournalLine): Promise<void> =>
  appendText(path, lineText(line), { isSynced: true });

async function readLines(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}

/** The lines of a text, without one that a crash truncated, or that is none. */
const parseLines = (text: string): JournalLine[] =>
  text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return Number.isSafeInteger(Object(value).round) ? [value as JournalLine] : [];
    } catch {
      return [];
    }
  });

/**
 * Makes the lines those of the finished rounds: a crash may have left a part of a line, updates of a round that will be run
 * again, or no line of the last round, which is the checkpoint's.
 */
async function repairLines(path: string, last: RoundRecord | undefined): Promise<void> {
  const text = await readLines(path);
  const lines = parseLines(text).filter(({ round }) => round <= (last?.round ?? -1));
  if (last && !lines.some((line) => line.type === "round-end" && line.round === last.round))
    lines.push({ type: "round-end", ...last });
  const repaired = lines.map(lineText).join("");
  if (repaired !== text) await writeFileAtomic(path, repaired);
}

/** Runs an operation on files. @throws {FedError} `ERR_STATE` for a locked folder, `ERR_IO` in place of any other error */
async function io<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (FedError.isInstance(cause)) throw cause;
    const isLocked = FilesError.isInstance(cause) && cause.code === "ERR_LOCKED";
    throw new FedError(
      isLocked ? "ERR_STATE" : "ERR_IO",
      `fedlt/folderJournal: cannot use ${folder}: ${cause instanceof Error ? cause.message : cause}`,
      { cause, fields: { folder } },
    );
  }
}

async function roundsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => /^round-(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Deletes all but the newest checkpoints. */
async function removeOld(folder: string, keep: number): Promise<void> {
  const rounds = await roundsIn(folder);
  for (const old of rounds.slice(0, -keep)) await disk.rm(join(folder, fileOf(old)));
}

/**
 * The lines of a journal, without a last line that a crash truncated.
 * @throws {FedError} `ERR_IO`
 */
export async function readJournal(folder: string): Promise<JournalLine[]> {
  return io(folder, async () => parseLines(await readLines(join(folder, "journal.jsonl"))));
}

/**
 * A journal in a folder: `round-000012.safetensors` holds the state after round 12 (model, state, record; the newest
 * `keep` files are kept), `journal.jsonl` has one line per accepted update and one per finished round. After a crash at any
 * point the last finished round is intact: a round counts once its file has its final name.
 *
 * The folder is locked while a federation uses it, so that two coordinators cannot write to one journal. The lock of a
 * process that was killed is taken over.
 *
 * @param folder created if it does not exist
 * @param options.keep number of checkpoints kept (default 2)
 * @throws {FedError} when used: `ERR_IO`, `ERR_STATE` while another coordinator uses the folder, `ERR_FORMAT` for a damaged checkpoint
 */
export function folderJournal(folder: string, options: { keep?: number } = {}): Journal {
  const { keep = 2, ...rest } = optionsOf("folderJournal", options);
  refuseUnknown("folderJournal", rest);
  textOf("folderJournal", "folder", folder);
  const lines = join(folder, "journal.jsonl");
  let lock: Lock | undefined;
  return {
    load: () =>
      io(folder, async () => {
        await makeFolder(folder);
        lock ??= await acquireLock(join(folder, "lock"), { what: "a federation's coordinator" });
        const newest = (await roundsIn(folder)).at(-1);
        const checkpoint =
          newest === undefined
            ? undefined
            : decodeCheckpoint(await readFile(join(folder, fileOf(newest))));
        await repairLines(lines, checkpoint?.record);
        await removeOld(folder, keep);
        return checkpoint;
      }),
    accept: (update) => io(folder, () => append(lines, { type: "update-accepted", ...update })),
    commit: (checkpoint: Checkpoint) =>
      io(folder, async () => {
        const { round } = checkpoint.record;
        await lock?.assertHeld();
        await writeFileAtomic(join(folder, fileOf(round)), [encodeCheckpoint(checkpoint)]);
        await append(lines, { type: "round-end", ...checkpoint.record });
        await removeOld(folder, keep);
      }),
    close: async () => {
      await lock?.release();
      lock = undefined;
    },
  };
}
