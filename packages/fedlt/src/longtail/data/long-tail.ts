import { FedError, optionsOf, real, refuseUnknown, whole } from "../../errors";
import { sampled } from "../../federation/random/draws";
import type { Random } from "../../federation/random/stream";
import { rowsByClass } from "./dataset";

/**
 * Class sizes that fall exponentially: n_c = ⌊ N_c · (1/IR)^(c/(C−1)) ⌋.
 *
 * @param full N_c, the examples available per class, or one number for all classes
 * @param options.classes C, required if `full` is a number
 * @param options.ratio IR ≥ 1, the size of the largest class over that of the smallest
 * @throws {FedError} `ERR_RANGE`, `ERR_ARGUMENT` without `classes`
 * @see Cui et al. 2019, section 5.1
 */
export function exponentialCounts(
  full: number | readonly number[],
  options: { classes?: number; ratio: number },
): number[] {
  const { classes, ratio, ...rest } = optionsOf("exponentialCounts", options);
  refuseUnknown("exponentialCounts", rest);
  real("exponentialCounts", "ratio", ratio, { min: 1 });
  const sizes = typeof full === "number" ? new Array<number>(classes ?? 0).fill(full) : full;
  if (sizes.length === 0)
    throw new FedError(
      "ERR_ARGUMENT",
      "fedlt/exponentialCounts: classes must be given where full is one number",
    );
  const last = Math.max(sizes.length - 1, 1);
  // 1e-9: 2000·0.01 must not become 19 through rounding of the power.
  return sizes.map((n, c) => Math.floor(n * ratio ** (-c / last) + 1e-9));
}

/**
 * Class sizes with given minority classes: ⌊ N_c / IR ⌋ for those classes, N_c for the others.
 * @throws {FedError} `ERR_RANGE` for a ratio below 1 or an unknown class
 */
export function binaryCounts(
  full: readonly number[],
  { minority, ratio }: { minority: readonly number[]; ratio: number },
): number[] {
  real("binaryCounts", "ratio", ratio, { min: 1 });
  for (const c of minority)
    whole("binaryCounts", "minority class", c, { min: 0, max: full.length - 1 });
  return full.map((n, c) => (minority.includes(c) ? Math.floor(n / ratio) : n));
}

/**
 * Keeps a random `counts[c]` rows of each class.
 *
 * @param labels one class per row
 * @returns row indices, ascending within a class, classes in order
 * @throws {FedError} `ERR_RANGE` when a class has fewer rows than requested
 */
export function longTailRows(
  labels: ArrayLike<number>,
  counts: readonly number[],
  random: Random,
): number[] {
  return rowsByClass(labels, counts.length).flatMap((rows, c) => {
    whole("longTailRows", `counts[${c}]`, counts[c], { min: 0, max: rows.length });
    return sampled(rows, counts[c]!, random);
  });
}

/**
 * Renumbers classes: class `order[i]` becomes class i, so that the tail need not consist of the last classes of a data set.
 *
 * @param order each class once
 * @throws {FedError} `ERR_ARGUMENT` when `order` is not a permutation
 */
export function permuteClasses(labels: ArrayLike<number>, order: readonly number[]): Int32Array {
  const rank = new Map(order.map((c, i) => [c, i]));
  if (
    rank.size !== order.length ||
    order.some((c) => !Number.isInteger(c) || c < 0 || c >= order.length)
  )
    throw new FedError(
      "ERR_ARGUMENT",
      `fedlt/permuteClasses: order must hold each of 0 to ${order.length - 1} once, got ${order.join(", ")}`,
      { fields: { order } },
    );
  return Int32Array.from(labels, (label) => {
    const renamed = rank.get(label);
    if (renamed !== undefined) return renamed;
    throw new FedError("ERR_RANGE", `fedlt/permuteClasses: label ${label} is not in order`, {
      fields: { label },
    });
  });
}
