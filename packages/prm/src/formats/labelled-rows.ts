import type { LabelledSolution } from "../annotate/step-value";
import { having } from "../errors";
import type { MathShepherdRow } from "./math-shepherd";
import type { TrlRow } from "./trl";

/** The labelled part of a solution: steps up to the last one with a value. */
function labelledPart({ steps, values }: LabelledSolution): { steps: string[]; values: number[] } {
  const count = values.indexOf(null) < 0 ? values.length : values.indexOf(null);
  return { steps: steps.slice(0, count), values: values.slice(0, count) as number[] };
}

/** An annotated solution for TRL; steps without a value are left out. */
export function toTrlRow(result: LabelledSolution): TrlRow {
  having("toTrlRow", "result", result, "values", "estimates");
  const { steps, values } = labelledPart(result);
  const isHard = values.every((value) => value === 0 || value === 1);
  return {
    prompt: result.problem,
    completions: steps,
    labels: isHard ? values.map((value) => value === 1) : values,
  };
}

/**
 * An annotated solution in Math-Shepherd's form: a step is good where its value exceeds `threshold`.
 * `Step i:` is added to steps that do not begin with it.
 */
export function toMathShepherdRow(
  result: LabelledSolution,
  task: string,
  threshold = 0,
): MathShepherdRow {
  having("toMathShepherdRow", "result", result, "values", "estimates");
  const { steps, values } = labelledPart(result);
  return {
    problem: result.problem,
    steps: steps.map((step, i) => (/^Step \d+:/.test(step) ? step : `Step ${i + 1}: ${step}`)),
    labels: values.map((value) => value > threshold),
    task,
  };
}
