import { fieldError, fieldsOf } from "./fields";

/** A row of ProcessBench; further fields are kept unchanged. */
export interface ProcessBenchRow {
  readonly id: string;
  readonly generator: string;
  readonly problem: string;
  readonly steps: readonly string[];
  readonly final_answer_correct: boolean;
  /** Index of the first wrong step, −1 where all are right. */
  readonly label: number;
}

/**
 * Reads a row of ProcessBench, including unknown fields.
 * @throws {PrmError} `ERR_FORMAT` that names the field
 * @see Zheng et al. 2024 (ProcessBench)
 */
export function parseProcessBench(json: unknown): ProcessBenchRow {
  const row = fieldsOf("parseProcessBench", json);
  for (const key of ["id", "generator", "problem"]) row.text(key);
  const steps = row.texts("steps");
  row.flag("final_answer_correct");
  const label = row.finite("label");
  if (steps.length === 0)
    throw fieldError("parseProcessBench", "steps", "at least one step", steps);
  if (!Number.isInteger(label) || label < -1 || label >= steps.length)
    throw fieldError("parseProcessBench", "label", `-1 or an index below ${steps.length}`, label);
  return json as ProcessBenchRow;
}
