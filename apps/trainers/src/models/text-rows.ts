import { jsonlFile } from "@deepgrain/datasets";
import type { Labelled } from "@deepgrain/fine-purify";
import type { RowClassifier } from "@deepgrain/fine-purify/encoders";
import {
  type EncoderModel,
  encodeTexts,
  loadTokenizer,
  longestRow,
  type Tokenizer,
} from "@deepgrain/lm";
import { z } from "zod";
import { checkForm, FormatError } from "../formats/read-json";

/** A labelled text as words, with a second text where the task is about pairs. */
export interface TextRow extends Labelled {
  second?: string;
}

const schema = z.object({
  text: z.union([z.string(), z.tuple([z.string(), z.string()])]),
  label: z.union([z.int().min(0), z.string()]),
});

/**
 * Reads JSON Lines of `{"text": …, "label": …}`; labels are class numbers or the names in the model's configuration. Words end at
 * white space; of a pair the first text carries patterns.
 * @throws {FormatError} naming the row, for another form or a label outside of the set
 */
export async function readTexts(path: string, classes: readonly string[]): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  for await (const record of jsonlFile(path)) {
    const where = `${path}: row ${rows.length + 1}`;
    const { text, label: given } = checkForm(record, schema, where);
    const label = typeof given === "number" ? given : classes.indexOf(given);
    if (label < 0 || label >= classes.length)
      throw new FormatError(
        `${where}: label must be from 0 to ${classes.length - 1} or one of ${classes.join(", ")}, got ${given}`,
      );
    const [first, second] = typeof text === "string" ? [text] : text;
    const words = first.split(/\s+/).filter(Boolean);
    rows.push({ words, label, ...(second !== undefined && { second }) });
  }
  if (rows.length === 0) throw new FormatError(`${path} holds no rows`);
  return rows;
}

/** A classifier of texts, with its tokenizer. */
export interface TextClassifier extends RowClassifier<TextRow> {
  tokenizer: Tokenizer;
  /** Most tokens of a row. */
  length: number;
}

/** An encoder with the tokenizer of its folder. */
export async function textClassifier(
  model: EncoderModel,
  folder: string,
  most: number,
): Promise<TextClassifier> {
  const tokenizer = await loadTokenizer(folder);
  const length = Math.min(most, longestRow(model.config));
  const batch = (rows: readonly TextRow[]) => {
    const texts = rows.map(({ words, second }) =>
      second === undefined ? words.join(" ") : ([words.join(" "), second] as const),
    );
    const labels = rows.map(({ label }) => label);
    return { ...encodeTexts(tokenizer, model.config, texts, { maxLength: length }), labels };
  };
  return { model, tokenizer, length, batch };
}
