import { readFile } from "node:fs/promises";
import { jsonRows } from "@deepgrain/command-line/files/json-rows";
import { textDocuments } from "@deepgrain/command-line/files/text-documents";
import { z } from "zod";

/** A document with where it is from. */
export interface DocumentRow {
  text: string;
  path?: string | undefined;
  language?: string | undefined;
}

const form = z.looseObject({
  text: z.string(),
  path: z.string().optional(),
  language: z.string().optional(),
});

/**
 * The documents of a file: rows of `{ text, path?, language? }` whose other keys are kept, or the parts of a text file between
 * `<|endoftext|>` marks.
 * @throws {FormatError} for a line of another form
 */
export async function documentRows(path: string): Promise<DocumentRow[]> {
  if (!path.endsWith(".jsonl")) return (await textDocuments(path)).map((text) => ({ text }));
  return jsonRows(path, await readFile(path, "utf8"), form);
}

/** Documents as JSON lines. */
export const rowsText = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");
