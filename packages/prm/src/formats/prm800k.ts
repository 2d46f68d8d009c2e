import { having, oneOf, optionsOf, refuseUnknown } from "../errors";

import { fieldError, fieldsOf } from "./fields";
import type { TrlRow } from "./trl";

/** A person's rating of a step: bad, neutral, good; null where there is none. */
export type Rating = -1 | 0 | 1 | null;

/** An alternative for a step. */
export interface RatedCompletion {
  readonly text: string;
  readonly rating: Rating;
  readonly flagged?: boolean | null | undefined;
}

/** A step of a labelled solution with its alternatives. */
export interface RatedStep {
  readonly completions: readonly RatedCompletion[] | null;
  readonly human_completion: { readonly text: string } | null;
  readonly chosen_completion: number | null;
}

/** A record of PRM800K; further fields are kept unchanged. */
export interface Prm800kRecord {
  readonly is_quality_control_question: boolean;
  readonly is_initial_screening_question: boolean;
  readonly question: { readonly problem: string; readonly ground_truth_answer: string | null };
  readonly label: { readonly steps: readonly RatedStep[]; readonly finish_reason: string };
}

const where = "parsePrm800k";
const ratings = new Set<unknown>([-1, 0, 1, null]);

function checkStep(value: unknown): void {
  const step = fieldsOf(where, value);
  const {
    completions,
    chosen_completion: chosen,
    human_completion: human,
  } = value as Partial<RatedStep>;
  if (completions !== null)
    for (const each of step.list<unknown>(
      "completions",
      "completions",
      (v) => typeof v === "object",
    )) {
      fieldsOf(where, each).text("text");
      const { rating } = each as RatedCompletion;
      if (!ratings.has(rating)) throw fieldError(where, "rating", "-1, 0, 1 or null", rating);
    }
  const count = completions?.length ?? 0;
  const isIndex = Number.isInteger(chosen) && (chosen as number) >= 0 && (chosen as number) < count;
  if (chosen !== null && !isIndex)
    throw fieldError(where, "chosen_completion", `null or an index below ${count}`, chosen);
  if (human !== null && human !== undefined) fieldsOf(where, human).text("text");
}

/**
 * Reads a record of PRM800K, including unknown fields: `JSON.stringify` of the result gives the record again.
 *
 * @throws {PrmError} `ERR_FORMAT` that names the field
 * @see Lightman et al. 2023 (PRM800K), released data
 */
export function parsePrm800k(json: unknown): Prm800kRecord {
  const row = fieldsOf(where, json);
  row.flag("is_quality_control_question");
  row.flag("is_initial_screening_question");
  const { question, label } = json as Record<string, unknown>;
  fieldsOf(where, question).text("problem");
  const labels = fieldsOf(where, label);
  labels.text("finish_reason");
  for (const step of labels.list<unknown>("steps", "steps", (v) => typeof v === "object"))
    checkStep(step);
  return json as Prm800kRecord;
}

/** Options of {@link expandPrm800k}. */
export interface ExpandPrm800kOptions {
  /**
   * `"good"` (default, as TRL's script): only +1 is true; `"not-bad"` (as Qwen's baseline): 0 as well; `"graded"`: three
   * classes, 0, ½ and 1, for a head of the kind `three`.
   */
  readonly positive?: "good" | "not-bad" | "graded" | undefined;
  /** Includes quality-control and screening records. Default false: they give no rows. */
  readonly keepControls?: boolean | undefined;
}

/**
 * One row per prefix and alternative: the chosen steps before it, then the alternative. The prefix has the labels of its
 * steps; a step that a person wrote counts as good. Alternatives without rating, and flagged ones, are left out.
 */
export function expandPrm800k(record: Prm800kRecord, options: ExpandPrm800kOptions = {}): TrlRow[] {
  const { positive = "good", keepControls = false, ...rest } = optionsOf("expandPrm800k", options);
  refuseUnknown("expandPrm800k", rest);
  having(
    "expandPrm800k",
    "record",
    record,
    "is_quality_control_question",
    "is_initial_screening_question",
  );
  const isControl = record.is_quality_control_question || record.is_initial_screening_question;
  if (isControl && !keepControls) return [];
  oneOf("expandPrm800k", "positive", positive, ["good", "not-bad", "graded"]);
  const least = positive === "good" ? 1 : 0;
  const labelOf = (rating: Rating) =>
    positive === "graded" ? ((rating ?? -1) + 1) / 2 : rating !== null && rating >= least;
  const rows: TrlRow[] = [];
  const prefix: string[] = [];
  const labels: (boolean | number)[] = [];
  for (const { completions, chosen_completion: chosen, human_completion: human } of record.label
    .steps) {
    for (const { text, rating, flagged } of completions ?? [])
      if (rating !== null && flagged !== true)
        rows.push({
          prompt: record.question.problem,
          completions: [...prefix, text],
          labels: [...labels, labelOf(rating)],
        });
    const next = chosen === null ? undefined : completions?.[chosen];
    if (!next && !human) break;
    prefix.push(next?.text ?? human!.text);
    labels.push(next ? labelOf(next.rating) : labelOf(1));
  }
  return rows;
}
