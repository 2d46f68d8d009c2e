import { readFile } from "node:fs/promises";
import { z } from "zod";
import { jsonRows } from "./json-rows";
import { FormatError } from "./read-json";

const record = z.looseObject({ text: z.string() });

/**
 * The documents of a text file: the `text` of each line of a .jsonl file; of any other, the parts between
 * `<|endoftext|>` marks.
 * @throws {FormatError} for a line of another form, or a file without text
 */
export async function textDocuments(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  const documents = path.endsWith(".jsonl")
    ? jsonRows(path, text, record).map((row) => row.text)
    : text.split("<|endoftext|>");
  const filled = documents.filter((document) => document.trim() !== "");
  if (filled.length === 0) throw new FormatError(`${path}: there is no text in it`);
  return filled;
}
