import { readFile } from "node:fs/promises";
import { z } from "zod";
import { checkForm, FormatError } from "./read-json";

const record = z.looseObject({ text: z.string() });

function fromLines(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${path}: line ${i + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new FormatError(`${where}: not JSON`, { cause });
    }
    return [checkForm(value, record, where).text];
  });
}

/**
 * The documents of a text file: the `text` of each line of a .jsonl file; of any other, the parts between
 * `<|endoftext|>` marks.
 * @throws {FormatError} for a line of another form, or a file without text
 */
export async function textDocuments(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  const documents = path.endsWith(".jsonl") ? fromLines(path, text) : text.split("<|endoftext|>");
  const filled = documents.filter((document) => document.trim() !== "");
  if (filled.length === 0) throw new FormatError(`${path}: there is no text in it`);
  return filled;
}
