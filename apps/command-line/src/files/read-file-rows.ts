import { createReadStream } from "node:fs";
import { readRows } from "@deepgrain/prm";
import { problemOf } from "@deepgrain/support";
import { ioError } from "@deepgrain/support/files";
import type { Progress } from "../terminal/progress";

/** Rows of a file, and the number of malformed lines. */
export interface FileRows<T> {
  rows: T[];
  rejected: number;
}

/**
 * Reads a file of JSON lines. Malformed lines are counted, and the first ones are reported with their numbers.
 *
 * @param parse throws `PrmError` for a malformed row
 * @throws {FilesError} `ERR_IO`
 */
export async function readFileRows<T>(
  path: string,
  parse: (json: unknown) => T,
  progress: Pick<Progress, "note">,
): Promise<FileRows<T>> {
  const rows: T[] = [];
  let rejected = 0;
  const pieces = createReadStream(path);
  try {
    for await (const event of readRows<T>(pieces, parse)) {
      if (event.type === "row") rows.push(event.value);
      if (event.type !== "row-reject") continue;
      rejected++;
      if (rejected <= NOTED) progress.note(`${path}: ${problemOf(event.error)}`);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? ioError("read", path, error) : error;
  }
  if (rejected > NOTED) progress.note(`${path}: ${rejected - NOTED} further malformed rows`);
  return { rows, rejected };
}

/** Maximum number of malformed rows that are reported individually. */
const NOTED = 20;
