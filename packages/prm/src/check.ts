import { PrmError } from "./errors";

/** @throws {PrmError} `ERR_RANGE` unless `value` is a whole number of at least `least` */
export function checkCount(where: string, name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new PrmError(
    "ERR_RANGE",
    `${where}: ${name} must be a whole number of at least ${least}, got ${value}`,
    { fields: { [name]: value } },
  );
}

/** @throws {PrmError} `ERR_RANGE` unless `value` lies in [low, high] */
export function checkBetween(
  where: string,
  name: string,
  value: number,
  low: number,
  high: number,
): void {
  if (value >= low && value <= high) return;
  throw new PrmError("ERR_RANGE", `${where}: ${name} must lie in [${low}, ${high}], got ${value}`, {
    fields: { [name]: value },
  });
}
