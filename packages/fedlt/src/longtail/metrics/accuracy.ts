import { FedError, optionsOf, real, refuseUnknown, whole } from "../../errors";

/** Accuracies; every number is a share in [0, 1], or NaN where there are no examples. */
export interface AccuracyReport {
  /** Accuracy over all examples. */
  readonly accuracy: number;
  /** Accuracy per class. */
  readonly perClass: readonly number[];
  /** Mean accuracy over the classes of each group. */
  readonly head: number;
  readonly middle: number;
  readonly tail: number;
}

/** First class after the head and first class after the middle; classes are in order of size. */
export interface TailBounds {
  readonly headEnd: number;
  readonly middleEnd: number;
}

/**
 * The boundaries of head, middle and tail. The head is the first share `head` of the classes, the tail the last share `tail`.
 *
 * @param options.head share of classes (default 0.3)
 * @param options.tail share of classes (default 0.3: classes from ⌊0.7·C⌋ on, as in RedGrape's code)
 * @throws {FedError} `ERR_RANGE`
 */
export function tailBounds(
  classes: number,
  options: { head?: number; tail?: number } = {},
): TailBounds {
  const { head = 0.3, tail = 0.3, ...rest } = optionsOf("tailBounds", options);
  refuseUnknown("tailBounds", rest);
  whole("tailBounds", "classes", classes, { min: 1 });
  real("tailBounds", "head", head, { min: 0, max: 1 });
  real("tailBounds", "tail", tail, { min: 0, max: 1 - head });
  const middleEnd = Math.floor((1 - tail) * classes + 1e-9);
  return { headEnd: Math.min(Math.floor(head * classes + 1e-9), middleEnd), middleEnd };
}

const meanOfNumbers = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Accuracy overall, per class, and as means over head, middle and tail classes.
 *
 * @param predictions one class per example
 * @param labels the true classes
 * @param options.classes C
 * @param options.bounds boundaries of the groups (default `tailBounds(classes)`)
 * @throws {FedError} `ERR_SHAPE` when lengths differ or there is no example
 */
export function accuracyReport(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: { classes: number; bounds?: TailBounds | undefined },
): AccuracyReport {
  const { classes, bounds: given, ...rest } = optionsOf("accuracyReport", options);
  refuseUnknown("accuracyReport", rest);
  const bounds = given ?? tailBounds(classes);
  if (predictions.length !== labels.length || labels.length === 0)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/accuracyReport: there must be one prediction per label, got ${predictions.length} and ${labels.length}`,
    );
  const right = new Array<number>(classes).fill(0);
  const seen = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    seen[label]!++;
    if (predictions[i] === label) right[label]!++;
  }
  const perClass = right.map((count, c) => count / seen[c]!);
  const among = (from: number, to: number) =>
    meanOfNumbers(perClass.slice(from, to).filter((value) => !Number.isNaN(value)));
  return {
    accuracy: right.reduce((sum, n) => sum + n, 0) / labels.length,
    perClass,
    head: among(0, bounds.headEnd),
    middle: among(bounds.headEnd, bounds.middleEnd),
    tail: among(bounds.middleEnd, classes),
  };
}
