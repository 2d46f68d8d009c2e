import { readFile } from "node:fs/promises";
import { z } from "zod";
import { FormatError, readJson } from "../shared/read-json";

const ids = z.array(z.int().min(0));
const text = z.object({
  prompt: z.string().optional(),
  text: z.string().optional(),
  ids: ids.optional(),
});
const schema = z.union([
  z.object({ texts: z.array(text).min(1) }),
  z.object({ input_ids: z.array(ids).min(1) }),
]);

/** A text as token ids, as characters, or both. */
export interface MarkedText {
  prompt?: string;
  text?: string;
  ids?: readonly number[];
}

/**
 * Reads texts: what `embed` and `attack` write, `{"texts": [{"text"?, "ids"?}, …]}`; a file of ids,
 * `{"input_ids": [[…], …]}`, whose rows may differ in length; or, unless the name ends in .json, one plain text.
 * @throws {FormatError} for JSON of another form, or an entry with neither text nor ids
 */
export async function readTexts(path: string): Promise<MarkedText[]> {
  if (!path.endsWith(".json")) return [{ text: await readFile(path, "utf8") }];
  const file = await readJson(path, schema);
  if ("input_ids" in file) return file.input_ids.map((row) => ({ ids: row }));
  const empty = file.texts.findIndex((entry) => entry.text === undefined && !entry.ids);
  if (empty >= 0) throw new FormatError(`${path}: text ${empty} has neither text nor ids`);
  return file.texts as MarkedText[];
}

/** Prompts of a file: a JSON list of strings, or one per line. */
export async function readPrompts(path: string): Promise<string[]> {
  if (path.endsWith(".json")) return readJson(path, z.array(z.string().min(1)).min(1));
  const lines = (await readFile(path, "utf8")).split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new FormatError(`${path}: no prompts`);
  return lines;
}
