import { PrmError } from "../errors";
import {
  type AnswerChecker,
  type AnswerFormat,
  type AnswerMode,
  createAnswerChecker,
} from "./answer-checker";

/** A row of the machine-readable form of grading. */
export interface GradeRow {
  readonly id: string | number;
  readonly completion: string;
  /** A bare answer or a whole reference solution with the same marker. */
  readonly gold: string;
  readonly format: AnswerFormat;
  readonly marker?: string | undefined;
  readonly mode?: AnswerMode | undefined;
}

/** A graded row. */
export interface GradeResult {
  readonly id: string | number;
  readonly extracted: string | null;
  readonly correct: boolean;
}

const reject = (key: string, expected: string, value: unknown) =>
  new PrmError(
    "ERR_FORMAT",
    value === undefined
      ? `gradeRow: ${key} is missing: expected ${expected}`
      : `gradeRow: ${key} must be ${expected}, got ${JSON.stringify(value)}`,
    { fields: { key, value } },
  );

/**
 * Grades rows of the machine-readable form one by one; checkers are cached per format, marker and mode.
 *
 * @returns a function of one row; it throws `PrmError` (`ERR_FORMAT`, `ERR_ARGUMENT`) for a malformed one, which
 *   `readRows` reports with its line number
 */
export function createRowGrader(): (row: unknown) => GradeResult {
  const checkers = new Map<string, AnswerChecker>();
  return (row) => {
    if (typeof row !== "object" || row === null || Array.isArray(row))
      throw reject("the row", "an object", row);
    const { id, completion, gold, format, marker, mode } = row as Partial<GradeRow>;
    if (typeof id !== "string" && typeof id !== "number")
      throw reject("id", "text or a number", id);
    if (typeof completion !== "string") throw reject("completion", "text", completion);
    const reference = typeof gold === "number" ? String(gold) : gold;
    if (typeof reference !== "string") throw reject("gold", "text", gold);
    if (format === undefined) throw reject("format", '"gsm8k", "math" or "prm800k"', format);
    const name = JSON.stringify([format, marker, mode]);
    const checker = checkers.get(name) ?? createAnswerChecker({ format, marker, mode });
    checkers.set(name, checker);
    const { extracted, correct } = checker.check(completion, reference);
    return { id, extracted, correct };
  };
}
