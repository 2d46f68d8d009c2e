import { readFile } from "node:fs/promises";
import type { RolloutRow } from "@deepgrain/align";
import { jsonRows } from "@deepgrain/command-line/files/json-rows";
import { appendText, ioError, saveText, systemCode } from "@deepgrain/support/files";
import { z } from "zod";

/** A file of sampled answers, one JSON object per line. */
export interface RolloutFile {
  write(rows: readonly RolloutRow[]): Promise<void>;
  /** Deletes the rows of rounds from this one on, which will be sampled again. @throws {FormatError} for a line that is no row */
  rewind(round: number): Promise<void>;
}

const form = z.looseObject({ round: z.number() });

const textOf = (rows: readonly RolloutRow[]) =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The whole lines of a file; none where there is no file. A line that a crash cut is left out. */
async function rowsOf(path: string): Promise<RolloutRow[]> {
  const text = await readFile(path, "utf8").catch((error) => {
    if (systemCode(error) === "ENOENT") return "";
    throw ioError("read", path, error);
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const rows: unknown = jsonRows(path, whole, form);
  return rows as RolloutRow[];
}

/** Opens a file of rollouts, which need not be there. */
export const rolloutFile = (path: string): RolloutFile => ({
  write: (rows) => appendText(path, textOf(rows)),
  async rewind(round) {
    const kept = (await rowsOf(path)).filter((row) => row.round < round);
    await saveText(path, textOf(kept));
  },
});
