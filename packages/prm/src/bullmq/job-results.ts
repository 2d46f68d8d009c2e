import type { AnnotationEntry } from "../annotate/annotation-store";
import type { LabelledSolution, StepEstimate } from "../annotate/step-value";
import { parsePeerJson } from "../completers/parse-json";
import { PrmError } from "../errors";
import type { Solution } from "../solutions/solution";

/**
 * @file What a queue hands back, which any worker may have written: it must have the form of a result, and be of the job's
 * own solution.
 */

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isIndex = (value: unknown, below: number) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < below;

const isShare = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1; // NaN is neither

const isCount = (value: unknown, most: number) => isIndex(value, most + 1);

const isTokens = (value: unknown) =>
  value === undefined || (Number.isFinite(value) && (value as number) >= 0);

const refuse = (id: string, what: string): never => {
  throw new PrmError("ERR_QUEUE", `annotateByQueue: solution "${id}": ${what}`, {
    fields: { id },
  });
};

const isEstimate = (value: unknown, steps: number, n: number): value is StepEstimate => {
  if (!isObject(value)) return false;
  const { step, hits, completions, truncated = 0, value: label, interval = [0, 1] } = value;
  const last = step === steps - 1;
  return (
    isIndex(step, steps) &&
    isCount(completions, n) &&
    isCount(hits, last ? 1 : (completions as number)) &&
    isCount(truncated, completions as number) &&
    isShare(label) &&
    Array.isArray(interval) &&
    interval.length === 2 &&
    interval.every(isShare)
  );
};

/** Lines of a job's log that are read: one per completion and per step, twice where two workers had the job. */
export const mostLogLines = ({ steps }: Solution, n: number): number => 2 * steps.length * (n + 1);

/**
 * A line of a job's log as an entry of the store.
 * @throws {PrmError} `ERR_QUEUE` for another form, or an entry of another solution
 */
export function readLogLine(line: string, { id, steps }: Solution, n: number): AnnotationEntry {
  const entry = parsePeerJson(line, (why) => refuse(id, `a line of its log is ${why}`));
  if (!isObject(entry)) return refuse(id, "a line of its log is no entry");
  if (entry.solution !== id) return refuse(id, "its log holds an entry of another solution");
  const { type, step, index, text, answer, correct, isTruncated, promptTokens, completionTokens } =
    entry;
  if (type === "step" && isEstimate(entry, steps.length, n))
    return entry as unknown as AnnotationEntry;
  const isCompletion =
    type === "completion" &&
    isIndex(step, steps.length) &&
    isIndex(index, n) &&
    typeof text === "string" &&
    (answer === null || typeof answer === "string") &&
    typeof correct === "boolean" &&
    (isTruncated === undefined || typeof isTruncated === "boolean") &&
    isTokens(promptTokens) &&
    isTokens(completionTokens);
  return isCompletion
    ? (entry as unknown as AnnotationEntry)
    : refuse(id, "an entry of its log has values out of range");
}

/**
 * A job's return value as the annotation of its solution.
 * @throws {PrmError} `ERR_QUEUE` for another form, another solution, or values outside [0, 1]
 */
export function readReturnValue(value: unknown, solution: Solution, n: number): LabelledSolution {
  const { id, problem, steps, gold } = solution;
  if (!isObject(value)) return refuse(id, "its result is no annotation");
  const own = JSON.stringify([id, problem, steps, gold]);
  if (JSON.stringify([value.id, value.problem, value.steps, value.gold]) !== own)
    return refuse(id, "its result is of another solution");
  const { values, estimates, firstError, isAnswerRight } = value;
  const isResult =
    Array.isArray(values) &&
    values.length === steps.length &&
    values.every((label) => label === null || isShare(label)) &&
    Array.isArray(estimates) &&
    estimates.length <= steps.length &&
    estimates.every((estimate) => isEstimate(estimate, steps.length, n)) &&
    firstError === values.indexOf(0) &&
    typeof isAnswerRight === "boolean";
  if (!isResult) return refuse(id, "its result has values out of range");
  return { id, problem, steps, gold, values, estimates, firstError, isAnswerRight };
}
