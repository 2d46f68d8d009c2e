import { AnchorsError } from "../errors";

/** @throws {AnchorsError} `ERR_RANGE` unless `value` is a whole number from `least` to `most` */
export function assertWhole(
  place: string,
  name: string,
  value: number,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new AnchorsError(
    "ERR_RANGE",
    `icl-anchors/${place}: ${name} must be a whole number from ${least} to ${most}, got ${value}`,
    { fields: { name, value, least, most } },
  );
}

/** @throws {AnchorsError} `ERR_RANGE` unless `value` is one of `choices` */
export function assertOneOf(
  place: string,
  name: string,
  value: unknown,
  choices: readonly string[],
): void {
  if (choices.includes(value as string)) return;
  throw new AnchorsError(
    "ERR_RANGE",
    `icl-anchors/${place}: ${name} must be one of ${choices.join(", ")}, got ${String(value)}`,
    { fields: { name, value, choices } },
  );
}

/** The mean of numbers; 0 for an empty list. */
export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
};
