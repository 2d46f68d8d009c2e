import { areaUnderCurve } from "../attention/auc";
import { AnchorsError, having, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { Matrix } from "./matrix";
import { principalDirections } from "./principal-directions";

/** Confusion per pair of classes, [classes, classes]: 1 if a pair is separated, less if it is confused. */
export interface Confusion extends Matrix {
  /** Pairs of classes without samples of both, reported as 1 instead of NaN; only from `actualConfusion`. */
  skipped: readonly (readonly [number, number])[];
}

/**
 * Predicts which classes will be confused, from the distances of their label words' keys along the main directions of
 * the queries: k̂ = (σ_m · v_mᵀ k)_m, and the distance of two classes over the largest distance. 0 = alike, 1 = the
 * farthest pair.
 *
 * @param queries query vectors at the target, one per row
 * @param keys key vector of each class's label word, one per row
 * @param options.components number of directions M, default 10 or the available number
 * @returns symmetric, the diagonal 1
 * @throws {AnchorsError} `ERR_SHAPE` for unequal widths, `ERR_RANGE` for components, or when all queries or all keys are the same
 * @see Wang et al. 2023, section 4
 */
export function predictedConfusion(
  queries: Matrix,
  keys: Matrix,
  options: { components?: number | undefined } = {},
): Confusion {
  const { components: wanted, ...rest } = optionsOf("predictedConfusion", options);
  refuseUnknown("predictedConfusion", rest);
  having("predictedConfusion", "queries", queries, "rows", "cols", "data");
  if (queries.cols !== keys.cols)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/predictedConfusion: keys must have ${queries.cols} columns as the queries, got ${keys.cols}`,
    );
  const most = Math.min(queries.rows - 1, queries.cols);
  const components = wanted ?? Math.min(10, most);
  whole("predictedConfusion", "components", components, { min: 1, max: most });
  const { directions, singularValues } = principalDirections(queries, components);
  const projected = Array.from({ length: keys.rows }, (_, i) =>
    Float64Array.from(singularValues, (sigma, m) => {
      let sum = 0;
      for (let j = 0; j < keys.cols; j++)
        sum += directions.data[m * keys.cols + j]! * keys.data[i * keys.cols + j]!;
      return sigma * sum;
    }),
  );
  const distance = (i: number, j: number) =>
    Math.hypot(...projected[i]!.map((value, m) => value - projected[j]![m]!));
  const confusion = pairMatrix(keys.rows, distance);
  const farthest = Math.max(...offDiagonal(confusion));
  if (!(farthest > 0))
    throw new AnchorsError(
      "ERR_RANGE",
      "icl-anchors/predictedConfusion: the queries must differ from each other, and the label words' keys along the queries' main directions; in the first layer all queries are alike where prompts end in one token at one position",
    );
  const data = confusion.data.map((value, at) =>
    at % (keys.rows + 1) === 0 ? 1 : value / farthest,
  );
  return { ...confusion, data, skipped: [] };
}

/**
 * The classes that are confused: per pair {i, j} the AUC of p_i / p_j for "the right class is i" over the samples of
 * both. 1 = never confused, ½ = not separated.
 *
 * @param probabilities per sample one per class
 * @param labels right class of each sample
 * @returns symmetric, the diagonal 1; pairs without samples of both classes are listed in `skipped` and reported as 1
 * @throws {AnchorsError} `ERR_SHAPE` for lists of different lengths, `ERR_MISSING` without samples
 * @see Wang et al. 2023, section 4
 */
export function actualConfusion(
  probabilities: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
): Confusion {
  listOf("actualConfusion", "probabilities", probabilities);
  if (probabilities.length !== labels.length || labels.length === 0)
    throw new AnchorsError(
      labels.length === 0 ? "ERR_MISSING" : "ERR_SHAPE",
      `icl-anchors/actualConfusion: ${probabilities.length} rows of probabilities need as many labels, at least one, got ${labels.length}`,
    );
  const skipped: [number, number][] = [];
  const confusion = pairMatrix(probabilities[0]!.length, (i, j) => {
    const among = Array.from(labels).flatMap((label, n) => (label === i || label === j ? [n] : []));
    const positive = among.map((n) => labels[n] === i);
    if (!positive.includes(true) || !positive.includes(false)) {
      skipped.push([i, j]);
      return 1;
    }
    // The logarithm preserves the order and is finite, so that no ratio is 0/0.
    const ratios = among.map((n) => logRatio(probabilities[n]![i]!, probabilities[n]![j]!));
    return areaUnderCurve(ratios, positive);
  });
  return { ...confusion, skipped };
}

/** ln(a / b), finite for probabilities that underflow. */
const logRatio = (a: number, b: number): number =>
  Math.log(Math.max(a, Number.MIN_VALUE)) - Math.log(Math.max(b, Number.MIN_VALUE));

function pairMatrix(classes: number, value: (i: number, j: number) => number): Matrix {
  const data = new Float64Array(classes * classes).fill(1);
  for (let i = 0; i < classes; i++)
    for (let j = i + 1; j < classes; j++)
      data[i * classes + j] = data[j * classes + i] = value(i, j);
  return { rows: classes, cols: classes, data };
}

/** The entries above the diagonal, row by row: one per pair of classes. */
export function offDiagonal({ rows, cols, data }: Matrix): number[] {
  const pairs: number[] = [];
  for (let i = 0; i < rows; i++) for (let j = i + 1; j < cols; j++) pairs.push(data[i * cols + j]!);
  return pairs;
}
