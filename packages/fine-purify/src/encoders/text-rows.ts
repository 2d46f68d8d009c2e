import {
  type EncoderModel,
  encodeTexts,
  loadTokenizer,
  longestRow,
  type Tokenizer,
} from "@deepgrain/lm";
import type { Labelled } from "../attacks/labelled";
import { having, optionsOf, PurifyError, refuseUnknown } from "../errors";
import type { RowClassifier } from "./row-classifier";

/** A labelled text as words, with a second text if the task uses pairs. */
export interface TextRow extends Labelled {
  readonly second?: string | undefined;
  /** Whether the row contains an attack's pattern, if its source says so. */
  readonly poison?: 0 | 1 | undefined;
}

/** The label of rows that have none. */
export const UNLABELLED = -1;

const isText = (value: unknown): value is string => typeof value === "string";

/**
 * The row in a JSON value `{"text": …, "label": …, "poison"?: 0 | 1}`: the text is one, or a pair, of which the first
 * contains patterns; the label is a class number or a class's name. Words end at white space.
 *
 * @param classes names of the classes, as in the model's configuration
 * @param options.mayMiss whether the label may be missing: it is `UNLABELLED` then
 * @throws {PurifyError} `ERR_DATA` for another form, or a label that is none of the classes
 */
export function textRow(
  json: unknown,
  classes: readonly string[],
  options: { mayMiss?: boolean | undefined } = {},
): TextRow {
  const { mayMiss = false, ...rest } = optionsOf("textRow", options);
  refuseUnknown("textRow", rest);
  const { text, label: given, poison } = (json ?? {}) as Record<string, unknown>;
  const [first, second] = Array.isArray(text) && text.length === 2 ? text : [text, ""];
  const refuse = (problem: string): never => {
    throw new PurifyError("ERR_DATA", `fine-purify/textRow: ${problem}`, {
      fields: { label: given, poison },
    });
  };
  if (!isText(first) || !isText(second)) return refuse("text must be a text, or a pair of texts");
  if (poison !== undefined && poison !== 0 && poison !== 1) return refuse("poison must be 0 or 1");
  const known = isText(given) ? classes.indexOf(given) : given;
  const label = known === undefined && mayMiss ? UNLABELLED : known;
  const isClass = Number.isInteger(label) && Number(label) >= 0 && Number(label) < classes.length;
  if (!isClass && (given !== undefined || !mayMiss))
    return refuse(
      `label must be from 0 to ${classes.length - 1} or one of ${classes.join(", ")}, got ${given ?? "none"}`,
    );
  const words = first.split(/\s+/).filter(Boolean);
  const row: TextRow = { words, label: label as number };
  return { ...row, second: Array.isArray(text) ? second : undefined, poison };
}

/** The JSON value of a row, as `textRow` reads it. */
export const textRowJson = ({
  words,
  second,
  label,
  poison,
}: TextRow): Record<string, unknown> => ({
  text: second === undefined ? words.join(" ") : [words.join(" "), second],
  label: label === UNLABELLED ? undefined : label,
  poison,
});

/** A classifier of texts, with its tokenizer. */
export interface TextClassifier extends RowClassifier<TextRow> {
  readonly tokenizer: Tokenizer;
  /** Maximum number of tokens per row. */
  readonly length: number;
}

/** An encoder with the tokenizer of its folder. @param most tokens of a row, as far as the model reads so many */
export async function textClassifier(
  model: EncoderModel,
  folder: string,
  most: number,
): Promise<TextClassifier> {
  having("textClassifier", "model", model, "config");
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
