import { RenodeError } from "./errors";

/** Throws `ERR_RANGE` unless `isValid`: `renode/totoro: restart must be above 0 and at most 1, got 2`. */
export function assertRange(
  isValid: boolean,
  place: string,
  name: string,
  expected: string,
  value: unknown,
): void {
  if (!isValid)
    throw new RenodeError(
      "ERR_RANGE",
      `renode/${place}: ${name} must be ${expected}, got ${String(value)}`,
      { fields: { [name]: value } },
    );
}

/** Throws `ERR_ARGUMENT` unless `value` is among `choices`. */
export function assertChoice(
  value: unknown,
  choices: readonly string[],
  place: string,
  name: string,
): void {
  if (!choices.includes(value as string))
    throw new RenodeError(
      "ERR_ARGUMENT",
      `renode/${place}: ${name} must be one of ${choices.join(", ")}, got ${String(value)}`,
      { fields: { [name]: value } },
    );
}
