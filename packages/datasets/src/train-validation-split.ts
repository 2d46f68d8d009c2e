import { listOf, optionsOf, real, refuseUnknown } from "./errors";

/** Options of {@link trainValidationSplit}. */
export interface TrainValidationSplitOptions<T> {
  /** Share of groups set aside for validation, 0 ≤ share < 1. */
  validation?: number | undefined;
  /** Items with the same key stay together; default: each item is its own group. */
  key?: ((item: T) => unknown) | undefined;
}

/** 1 / golden ratio: its multiples modulo 1 are spread evenly and have no period. */
const goldenFraction = (Math.sqrt(5) - 1) / 2;

/** The `count` numbers below `groups` whose golden-ratio fractions are lowest. */
function spreadEvenly(groups: number, count: number): Set<number> {
  const fractions = Array.from({ length: groups }, (_, i) => ((i + 1) * goldenFraction) % 1);
  const byFraction = fractions.map((_, i) => i).sort((a, b) => fractions[a]! - fractions[b]!);
  return new Set(byFraction.slice(0, count));
}

/**
 * Splits documents into training and validation without a seed: the same list always splits the
 * same way. Validation documents are spread evenly over the list (those with the lowest
 * frac((i + 1) / golden ratio)), and, unlike every n-th document, do not align with alternating classes. Both parts
 * keep the list's order.
 *
 * @param items documents, in a stable order
 * @param options.validation share of groups set aside, rounded to an integer, but at
 *   least one (when the share is above 0 and there are two groups) and never all
 * @param options.key groups items that must not be separated, such as pages of one book; groups count
 *   in order of first appearance
 * @throws {DatasetsError} `ERR_RANGE` when `validation` is outside [0, 1)
 */
export function trainValidationSplit<T>(
  items: readonly T[],
  options: TrainValidationSplitOptions<T> = {},
): { train: T[]; validation: T[] } {
  listOf("trainValidationSplit", "items", items);
  const { validation = 0.1, key, ...rest } = optionsOf("trainValidationSplit", options);
  refuseUnknown("trainValidationSplit", rest);
  real("trainValidationSplit", "validation", validation, { min: 0, below: 1 });
  const numbers = new Map<unknown, number>();
  const groupOf = items.map((item, i) => {
    const name = key ? key(item) : i;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  const rounded = Math.round(numbers.size * validation);
  const least = validation > 0 ? 1 : 0;
  const count = Math.max(0, Math.min(Math.max(rounded, least), numbers.size - 1));
  const aside = spreadEvenly(numbers.size, count);
  return {
    train: items.filter((_, i) => !aside.has(groupOf[i]!)),
    validation: items.filter((_, i) => aside.has(groupOf[i]!)),
  };
}
