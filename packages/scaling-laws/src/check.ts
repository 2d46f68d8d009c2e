import { ScalingLawsError } from "./errors";

const show = (value: unknown) =>
  typeof value === "number" ? String(value) : JSON.stringify(value);

/**
 * Checks that named numbers are finite and above 0.
 * @throws {ScalingLawsError} `ERR_RANGE` naming the first that is not
 */
export function checkPositive(where: string, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values))
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value))
      throw new ScalingLawsError(
        "ERR_RANGE",
        `scaling-laws/${where}: ${key} must be a finite number above 0, got ${show(value)}`,
        { fields: { key, value } },
      );
}

/**
 * Checks that named numbers are whole and at least `minimum`.
 * @throws {ScalingLawsError} `ERR_RANGE` naming the first that is not
 */
export function checkWhole(
  where: string,
  values: Readonly<Record<string, unknown>>,
  minimum = 1,
): void {
  for (const [key, value] of Object.entries(values))
    if (!Number.isSafeInteger(value) || (value as number) < minimum)
      throw new ScalingLawsError(
        "ERR_RANGE",
        `scaling-laws/${where}: ${key} must be a whole number of at least ${minimum}, got ${show(value)}`,
        { fields: { key, value, minimum } },
      );
}

/**
 * Checks that named numbers lie between 0 and 1, both excluded.
 * @throws {ScalingLawsError} `ERR_RANGE` naming the first that does not
 */
export function checkShare(where: string, values: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(values))
    if (!(value > 0 && value < 1))
      throw new ScalingLawsError(
        "ERR_RANGE",
        `scaling-laws/${where}: ${key} must lie between 0 and 1, got ${value}`,
        { fields: { key, value } },
      );
}

/** The numbers of a list under the names `list[0]`, `list[1]`, … for the checks above. */
export const named = (list: string, values: readonly number[]): Record<string, number> =>
  Object.fromEntries(values.map((value, i) => [`${list}[${i}]`, value]));
