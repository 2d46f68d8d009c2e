import { fieldError, fieldsOf } from "./fields";

/** A row of search-and-learn's results; columns such as `pred_weighted@4` are kept unchanged. */
export interface SearchAndLearnRow {
  readonly problem: string;
  readonly completions: readonly string[];
  /** Step scores per completion. */
  readonly scores: readonly (readonly number[])[];
  readonly pred: string;
  readonly completion_tokens: readonly number[];
  readonly [column: string]: unknown;
}

const isNumbers = (value: unknown) => Array.isArray(value) && value.every(Number.isFinite);

/**
 * Reads a row of search-and-learn's results, including unknown columns.
 * @throws {PrmError} `ERR_FORMAT` that names the column
 * @see Beeching et al. 2024 (search-and-learn)
 */
export function parseSearchAndLearn(json: unknown): SearchAndLearnRow {
  const where = "parseSearchAndLearn";
  const row = fieldsOf(where, json);
  row.text("problem");
  row.text("pred");
  const count = row.texts("completions").length;
  const scores = row.list<readonly number[]>("scores", "lists of numbers", isNumbers);
  const tokens = row.list<number>("completion_tokens", "numbers", Number.isFinite);
  for (const [key, list] of Object.entries({ scores, completion_tokens: tokens }))
    if (list.length !== count) throw fieldError(where, key, `a list of ${count}`, list);
  return json as SearchAndLearnRow;
}
