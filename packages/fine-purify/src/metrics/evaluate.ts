import { functionOf, having, optionsOf, PurifyError, refuseUnknown } from "../errors";

/** A metric, with the rule that selects its rows and their number. */
export interface Measurement {
  /** Share of the subset, 0 to 1. */
  readonly value: number;
  /** The rule that selects the rows, as text. */
  readonly rule: string;
  /** How many. */
  readonly size: number;
}

/** The result of {@link evaluate}; a metric without test rows is absent. */
export interface Evaluation {
  /** Accuracy on clean rows: higher is better. */
  readonly acc?: Measurement | undefined;
  /** Share of triggered rows of other classes that are classified as the target: lower is better. */
  readonly asr?: Measurement | undefined;
  /** Accuracy on rows with the bias pattern: higher is better. */
  readonly bacc?: Measurement | undefined;
}

/** Test rows. */
export interface EvaluationSets<T extends { label: number }> {
  readonly clean?: readonly T[] | undefined;
  /** With the trigger; labels are the true ones. */
  readonly triggered?: readonly T[] | undefined;
  /** Class that the trigger leads to; needed with `triggered`. */
  readonly target?: number | undefined;
  /** With the bias pattern; labels are the true ones. */
  readonly biased?: readonly T[] | undefined;
}

async function share<T>(
  predict: (rows: readonly T[]) => Promise<readonly number[]>,
  rows: readonly T[],
  counts: (row: T, predicted: number) => boolean,
  rule: string,
): Promise<Measurement> {
  if (rows.length === 0)
    throw new PurifyError("ERR_DATA", `fine-purify/evaluate: there are no rows (${rule})`, {
      fields: { rule },
    });
  const predicted = await predict(rows);
  if (predicted.length !== rows.length)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/evaluate: predict must return ${rows.length} classes, got ${predicted.length}`,
    );
  const hits = rows.filter((row, i) => counts(row, predicted[i]!)).length;
  return { value: hits / rows.length, rule, size: rows.length };
}

/**
 * Clean accuracy, attack success rate and biased accuracy, each with the rule of its subset. ASR excludes triggered
 * rows whose true label is the target, which a clean model classifies correctly too.
 *
 * @param predict classes of rows, in their order
 * @throws {PurifyError} `ERR_DATA` for a set without rows that count; `ERR_ARGUMENT` for triggered rows without a target;
 *   `ERR_SHAPE` for another number of predictions
 */
export async function evaluate<T extends { label: number }>(
  predict: (rows: readonly T[]) => Promise<readonly number[]>,
  options: EvaluationSets<T>,
): Promise<Evaluation> {
  const { clean, triggered, target, biased, ...rest } = optionsOf("evaluate", options);
  refuseUnknown("evaluate", rest);
  functionOf("evaluate", "predict", predict);
  const isRight = ({ label }: T, predicted: number) => label === predicted;
  if (triggered && target === undefined)
    throw new PurifyError("ERR_ARGUMENT", "fine-purify/evaluate: triggered rows need a target");
  // What was not measured is no key: pages list the rules of those that were.
  return {
    ...(clean && { acc: await share(predict, clean, isRight, "all clean test rows") }),
    ...(triggered && {
      asr: await share(
        predict,
        triggered.filter(({ label }) => label !== target),
        (_, predicted) => predicted === target,
        `triggered test rows whose true label is not the target class ${target}`,
      ),
    }),
    ...(biased && {
      bacc: await share(predict, biased, isRight, "test rows with the bias pattern"),
    }),
  };
}

/** One line per metric: "ASR 1.2 % of 1125 (triggered test rows whose …)". */
export const evaluationLines = (measured: Evaluation): string[] => {
  having("evaluationLines", "measured", measured);
  return (["acc", "asr", "bacc"] as const).flatMap((metric) => {
    const one = measured[metric];
    return one
      ? [`${metric.toUpperCase()} ${(100 * one.value).toFixed(1)} % of ${one.size} (${one.rule})`]
      : [];
  });
};
