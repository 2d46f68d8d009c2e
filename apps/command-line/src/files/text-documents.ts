import { readFile } from "node:fs/promises";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";
import { jsonRows } from "./json-rows";

/** A file's text. @throws {FormatError} for bytes that are no UTF-8, and for a zero byte, which no text has */
function plainText(bytes: Uint8Array, path: string): string {
  try {
    if (!bytes.includes(0)) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // falls through to the error below
  }
  throw new FormatError(`${path} is not text: it must be UTF-8, as .txt and .jsonl files are`);
}

const record = z.looseObject({ text: z.string() });

/**
 * The documents of a text file: the `text` of each line of a .jsonl file; of any other, the parts between
 * `<|endoftext|>` marks.
 * @throws {FormatError} for a line of another form, a binary file, or a file without text
 */
export async function textDocuments(path: string): Promise<string[]> {
  const text = plainText(await readFile(path), path);
  const documents = path.endsWith(".jsonl")
    ? jsonRows(path, text, record).map((row) => row.text)
    : text.split("<|endoftext|>");
  const filled = documents.filter((document) => document.trim() !== "");
  if (filled.length === 0) throw new FormatError(`${path}: there is no text in it`);
  return filled;
}
