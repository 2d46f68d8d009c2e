import { FormatError, readJson } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";

/** A matrix of numbers with at least one entry. */
export const rows = (entry: z.ZodNumber) => z.array(z.array(entry).min(1)).min(1);

const schema = z.strictObject({
  input_ids: rows(z.int().min(0)),
  attention_mask: rows(z.int().min(0).max(1)).optional(),
  labels: rows(z.int().min(-100)).optional(),
});

/** A batch of token ids from a file, row-major. */
export interface IdsFile {
  batch: number;
  length: number;
  ids: Int32Array;
  attentionMask?: Int32Array;
  /** −100 is ignored. */
  labels?: Int32Array;
}

/** The entries of a matrix in a row. @throws {FormatError} for another shape */
export function flatten(
  path: string,
  name: string,
  matrix: readonly (readonly number[])[],
  { batch, length }: { batch: number; length: number },
): Int32Array {
  if (matrix.length !== batch)
    throw new FormatError(`${path}: ${name} must have ${batch} rows, got ${matrix.length}`);
  const odd = matrix.findIndex((row) => row.length !== length);
  if (odd >= 0)
    throw new FormatError(
      `${path}: rows must have one length; row ${odd} of ${name} has ${matrix[odd]!.length} entries, expected ${length}`,
    );
  return Int32Array.from(matrix.flat());
}

function checkIds(path: string, name: string, ids: Int32Array, vocabSize: number): void {
  const bad = ids.find((id) => id >= vocabSize || (id < 0 && id !== -100));
  if (bad !== undefined)
    throw new FormatError(
      `${path}: ${name} holds ${bad}, but the model knows the tokens 0 to ${vocabSize - 1}`,
    );
}

/**
 * Reads `{"input_ids": [[…]], "attention_mask"?: [[…]], "labels"?: [[…]]}`.
 * @param vocabSize ids must be below it
 * @throws {FormatError} for another form, rows of unequal length, or ids outside the vocabulary
 */
export async function readIdsFile(path: string, vocabSize: number): Promise<IdsFile> {
  const { input_ids, attention_mask, labels } = await readJson(path, schema);
  const shape = { batch: input_ids.length, length: input_ids[0]!.length };
  const file: IdsFile = { ...shape, ids: flatten(path, "input_ids", input_ids, shape) };
  checkIds(path, "input_ids", file.ids, vocabSize);
  if (attention_mask) file.attentionMask = flatten(path, "attention_mask", attention_mask, shape);
  if (labels) {
    file.labels = flatten(path, "labels", labels, shape);
    checkIds(path, "labels", file.labels, vocabSize);
  }
  return file;
}
