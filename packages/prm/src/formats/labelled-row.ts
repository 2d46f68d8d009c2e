import type { LabelledSolution } from "../annotate/step-value";
import { having, oneOf, optionsOf, PrmError, refuseUnknown, textOf } from "../errors";
import type { TrainingRow } from "../models/training-row";
import { checkSolution } from "../solutions/solution";
import { parseMathShepherd } from "./math-shepherd";
import { parseProcessBench } from "./process-bench";
import { checkClasses, type LabelClasses, stepLabels } from "./step-labels";
import { parseTrl } from "./trl";

/** Forms of files with labelled steps. */
export const labelForms = ["labels", "math-shepherd", "trl", "process-bench"] as const;

export type LabelForm = (typeof labelForms)[number];

/** A solution with labels, and the verdict on its answer if it is known. */
export interface LabelledRow extends TrainingRow {
  readonly isAnswerRight: boolean | null;
}

/** A row that `prm annotate` wrote. @throws {PrmError} `ERR_FORMAT` */
function parseLabels(json: unknown): LabelledRow {
  const { problem, steps } = checkSolution(json);
  const { values, isAnswerRight } = json as Partial<LabelledSolution>;
  if (!Array.isArray(values) || values.length !== steps.length)
    throw new PrmError(
      "ERR_FORMAT",
      `labels: values must be a list of ${steps.length}, one per step`,
    );
  const labels = stepLabels("labels", "values", values, { isNullable: true });
  return { problem, steps, labels, isAnswerRight: isAnswerRight ?? null };
}

/** Labels of ProcessBench: right before the first error, wrong at it, unknown after it. */
const uptoError = (steps: readonly string[], label: number) =>
  steps.map((_, i) => (label < 0 || i < label ? true : i === label ? false : null));

const parsers: Record<LabelForm, (json: unknown) => LabelledRow> = {
  labels: parseLabels,
  "math-shepherd": (json) => ({ ...parseMathShepherd(json), isAnswerRight: null }),
  trl(json) {
    const { prompt, completions, labels } = parseTrl(json);
    return { problem: prompt, steps: completions, labels, isAnswerRight: null };
  },
  "process-bench"(json) {
    const { problem, steps, label, final_answer_correct } = parseProcessBench(json);
    return { problem, steps, labels: uptoError(steps, label), isAnswerRight: final_answer_correct };
  },
};

/**
 * A reader of rows of a form; `process-bench` labels steps up to the first error, `labels` is the form that annotation
 * writes.
 * @param options.classes 3 refuses labels that are neither bad, neutral nor good. Default 2
 * @throws {PrmError} on a row `ERR_FORMAT` that names what is wrong
 */
export const parseLabelledRow = (
  form: LabelForm,
  options: { readonly classes?: LabelClasses | undefined } = {},
): ((json: unknown) => LabelledRow) => {
  const { classes = 2, ...rest } = optionsOf("parseLabelledRow", options);
  refuseUnknown("parseLabelledRow", rest);
  oneOf("parseLabelledRow", "classes", classes, [2, 3]);
  textOf("parseLabelledRow", "form", form);
  const parse = parsers[form];
  if (classes === 2) return parse;
  return (json) => {
    const row = parse(json);
    checkClasses(form, row.labels);
    return row;
  };
};

/**
 * The row with the label of its answer on the last step, for an outcome reward model: the verdict, or the last step's own label where no
 * verdict is known.
 */
export const outcomeRow = (labelledRow: LabelledRow): TrainingRow => {
  const { isAnswerRight, ...row } = having(
    "outcomeRow",
    "labelledRow",
    labelledRow,
    "isAnswerRight",
    "problem",
  );
  return {
    ...row,
    labels: row.labels.map((label, i) =>
      i === row.labels.length - 1 ? (isAnswerRight ?? label) : label,
    ),
  };
};
