import { type EncoderBatch, type EncoderTask, IGNORED_LABEL } from "@deepgrain/lm";
import { FormatError, readJson } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";
import { flatten, rows } from "./ids-file";

const schema = z.strictObject({
  input_ids: rows(z.int().min(0)),
  attention_mask: rows(z.int().min(0).max(1)).optional(),
  token_type_ids: rows(z.int().min(0)).optional(),
  labels: z.union([z.array(z.number()), rows(z.int().min(IGNORED_LABEL))]).optional(),
});

/**
 * Reads `{"input_ids": [[…]], "attention_mask"?: [[…]], "token_type_ids"?: [[…]], "labels"?: …}`. The labels are one class or
 * number per row, or for masked LM one id per token; −100 is ignored.
 * @throws {FormatError} for another form or rows of unequal length
 */
export async function readEncoderIdsFile(path: string, task: EncoderTask): Promise<EncoderBatch> {
  const { input_ids, attention_mask, token_type_ids, labels } = await readJson(path, schema);
  const shape = { batch: input_ids.length, length: input_ids[0]!.length };
  const file: EncoderBatch = { ...shape, ids: flatten(path, "input_ids", input_ids, shape) };
  if (attention_mask) file.attentionMask = flatten(path, "attention_mask", attention_mask, shape);
  if (token_type_ids) file.tokenTypeIds = flatten(path, "token_type_ids", token_type_ids, shape);
  if (!labels) return file;
  const perToken = labels.some((label) => Array.isArray(label));
  if (perToken !== (task === "masked-lm"))
    throw new FormatError(
      task === "masked-lm"
        ? `${path}: labels of a masked LM must be one id per token`
        : `${path}: labels must be one class or number per row`,
    );
  file.labels = perToken
    ? flatten(path, "labels", labels as number[][], shape)
    : (labels as number[]);
  return file;
}
