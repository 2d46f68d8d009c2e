/** @file Checks of public arguments; each throws a `FedError` that names the function, the expected value and the value given. */
import { FedError } from "./errors";

/** @throws {FedError} `ERR_RANGE` unless `value` is an integer from `min` to `max` */
export function checkInteger(
  place: string,
  name: string,
  value: unknown,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new FedError(
    "ERR_RANGE",
    `fedlt/${place}: ${name} must be an integer ${range}, got ${value}`,
    {
      fields: { [name]: value },
    },
  );
}

/** @throws {FedError} `ERR_RANGE` unless `value` is a finite number with `min` ≤ value ≤ `max` (`isOpen`: min < value) */
export function checkNumber(
  place: string,
  name: string,
  value: unknown,
  {
    min = -Infinity,
    max = Infinity,
    isOpen = false,
  }: { min?: number; max?: number; isOpen?: boolean } = {},
): void {
  if (typeof value === "number" && Number.isFinite(value)) {
    if ((isOpen ? value > min : value >= min) && value <= max) return;
  }
  const low = min === -Infinity ? "" : isOpen ? ` above ${min}` : ` of at least ${min}`;
  const high = max === Infinity ? "" : ` and at most ${max}`;
  throw new FedError(
    "ERR_RANGE",
    `fedlt/${place}: ${name} must be a finite number${low}${high}, got ${value}`,
    {
      fields: { [name]: value },
    },
  );
}

/** @throws {FedError} `ERR_ARGUMENT` unless `value` is one of `choices` */
export function checkChoice(
  place: string,
  name: string,
  value: unknown,
  choices: readonly string[],
): void {
  if (choices.includes(value as string)) return;
  throw new FedError(
    "ERR_ARGUMENT",
    `fedlt/${place}: ${name} must be one of ${choices.join(", ")}, got ${String(value)}`,
    { fields: { [name]: value } },
  );
}
