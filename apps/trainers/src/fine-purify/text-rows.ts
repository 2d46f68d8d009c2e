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

/** A labelled text as words, with a second text if the task uses pairs. */
export interface TextRow extends Labelled {
  second?: string;
  /** Whether the row contains an attack's pattern, if the file specifies it. */
  poison?: 0 | 1;
}

/** The label of rows that have none. */
export const UNLABELLED = -1;

const schema = z.object({
  text: z.union([z.string(), z.tuple([z.string(), z.string()])]),
  label: z.union([z.int().min(0), z.string()]).optional(),
  poison: z.literal([0, 1]).optional(),
});

function labelOf(
  given: number | string | undefined,
  classes: readonly string[],
  where: string,
  mayMiss: boolean,
): number {
  if (given === undefined && mayMiss) return UNLABELLED;
  const label = typeof given === "string" ? classes.indexOf(given) : (given ?? -1);
  if (label >= 0 && label < classes.length) return label;
  throw new FormatError(
    `${where}: label must be from 0 to ${classes.length - 1} or one of ${classes.join(", ")}, got ${given ?? "none"}`,
  );
}

/**
 * Reads JSON Lines of `{"text": …, "label": …, "poison"?: 0 | 1}`; labels are class numbers or the names in the model's
 * configuration. Words end at white space; in a pair, the first text contains patterns.
 * @param options.mayMiss whether rows may lack a label: they get {@link UNLABELLED}
 * @throws {FormatError} naming the row, for another form or a label outside of the set
 */
export async function readTexts(
  path: string,
  classes: readonly string[],
  { mayMiss = false }: { mayMiss?: boolean } = {},
): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  for await (const record of jsonlFile(path)) {
    const where = `${path}: row ${rows.length + 1}`;
    const { text, label: given, poison } = checkForm(record, schema, where);
    const label = labelOf(given, classes, where, mayMiss);
    const [first, second] = typeof text === "string" ? [text] : text;
    const words = first.split(/\s+/).filter(Boolean);
    const more = {
      ...(second !== undefined && { second }),
      ...(poison !== undefined && { poison }),
    };
    rows.push({ words, label, ...more });
  }
  if (rows.length === 0) throw new FormatError(`${path} holds no rows`);
  return rows;
}

/** A classifier of texts, with its tokenizer. */
export interface TextClassifier extends RowClassifier<TextRow> {
  tokenizer: Tokenizer;
  /** Maximum number of tokens per row. */
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
