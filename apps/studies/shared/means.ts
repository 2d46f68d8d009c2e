/** The mean of numbers; null where one is missing or there is none. */
export const meanOf = (values: readonly (number | null)[]): number | null =>
  values.length === 0 || values.includes(null)
    ? null
    : (values as number[]).reduce((a, b) => a + b, 0) / values.length;

/** Position by position the mean of several lists. */
export const meanList = (lists: readonly (readonly number[])[]): number[] =>
  lists[0]!.map((_, i) => meanOf(lists.map((list) => list[i]!))!);

/** Field by field the mean of several results. */
export const meanFields = <K extends string>(
  results: readonly Readonly<Record<K, number | null>>[],
  ...keys: readonly K[]
): Record<K, number | null> =>
  Object.fromEntries(keys.map((key) => [key, meanOf(results.map((one) => one[key]))])) as Record<
    K,
    number | null
  >;
