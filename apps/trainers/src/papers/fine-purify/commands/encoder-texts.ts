import { jsonlFile } from "@deepgrain/datasets";
import { type Evaluation, type EvaluationSets, evaluate } from "@deepgrain/fine-purify";
import type { RowLosses } from "@deepgrain/fine-purify/fisher";
import {
  batchRow,
  type EncoderBatch,
  type EncoderModel,
  encodeTexts,
  loadTokenizer,
  longestRow,
  type Tokenizer,
} from "@deepgrain/lm";
import { argmax, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { checkForm, FormatError } from "../../../formats/read-json";

/** A labelled text, of one sentence or two. */
export interface TextRow {
  text: string | [string, string];
  label: number;
}

const schema = z.object({
  text: z.union([z.string(), z.tuple([z.string(), z.string()])]),
  label: z.union([z.int().min(0), z.string()]),
});

/**
 * Reads JSON Lines of `{"text": …, "label": …}`; labels are class numbers or the names in the model's configuration.
 * @throws {FormatError} naming the line, for another form or a label outside of the set
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
    rows.push({ text, label });
  }
  if (rows.length === 0) throw new FormatError(`${path} holds no rows`);
  return rows;
}

/** A classifier with its tokenizer. */
export interface Classifier {
  model: EncoderModel;
  tokenizer: Tokenizer;
  /** Most tokens of a row. */
  length: number;
}

export async function withTokenizer(
  model: EncoderModel,
  folder: string,
  length: number,
): Promise<Classifier> {
  const tokenizer = await loadTokenizer(folder);
  return { model, tokenizer, length: Math.min(length, longestRow(model.config)) };
}

/** Texts as a batch. */
export function textBatch(
  { model, tokenizer, length }: Classifier,
  rows: readonly TextRow[],
): EncoderBatch {
  const texts = rows.map(({ text }) => text);
  const batch = encodeTexts(tokenizer, model.config, texts, { maxLength: length });
  return { ...batch, labels: rows.map(({ label }) => label) };
}

/** Rows cut into batches. */
export function* textBatches(
  classifier: Classifier,
  rows: readonly TextRow[],
  size: number,
): Generator<EncoderBatch> {
  for (let start = 0; start < rows.length; start += size)
    yield textBatch(classifier, rows.slice(start, start + size));
}

/** An encoder's losses row by row, for Fisher values. */
export const rowLosses = (module: EncoderModel): RowLosses<EncoderBatch> => ({
  module,
  rowLosses: (batch): Tensor => module.rowLosses(batch),
  rowsOf: ({ batch }) => batch,
  row: batchRow,
});

/** ACC and, with triggered rows, ASR or BACC of a classifier. */
export const measure = (
  classifier: Classifier,
  sets: EvaluationSets<TextRow>,
): Promise<Evaluation> =>
  evaluate(async (rows) => {
    const classes: number[] = [];
    classifier.model.eval();
    for (const batch of textBatches(classifier, rows, 32)) {
      const best = tidy(() => noGrad(() => argmax(classifier.model.forward(batch), { dim: 1 })));
      classes.push(...(await best.data()));
      best.dispose();
    }
    return classes;
  }, sets);
