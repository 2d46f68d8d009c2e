import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { kebabCase } from "./kebab-case";

/** Values of flags by their names; undefined and false where a flag is not given. */
type Given = Readonly<Record<string, unknown>>;

const spelled = (given: Given) => Object.keys(given).map((name) => `--${kebabCase(name)}`);

const isGiven = (value: unknown) => value !== undefined && value !== false;

/** `--a, --b and --c`. */
function listed(names: readonly string[]): string {
  const others = names.slice(0, -1).join(", ");
  return others === "" ? names[0]! : `${others} and ${names.at(-1)}`;
}

const countOf = (given: Given) => Object.values(given).filter(isGiven).length;

/** @throws {UsageError} unless exactly one of the flags is given */
export function requireOne(given: Given): void {
  if (countOf(given) === 1) return;
  const names = spelled(given);
  throw new UsageError(
    names.length === 2 ? `give either ${names.join(" or ")}` : `give one of ${listed(names)}`,
  );
}

/** @throws {UsageError} where some of the flags are given without the others */
export function requireTogether(given: Given): void {
  const count = countOf(given);
  if (count > 0 && count < Object.keys(given).length)
    throw new UsageError(`${listed(spelled(given))} belong together`);
}

/** @throws {UsageError} where one of the flags is given without the one that it needs */
export function requireWith(given: Given, needed: Given): void {
  if (countOf(given) === 0 || countOf(needed) > 0) return;
  const names = spelled(
    Object.fromEntries(Object.entries(given).filter(([, value]) => isGiven(value))),
  );
  throw new UsageError(
    `${listed(names)} ${names.length === 1 ? "needs" : "need"} ${listed(spelled(needed))}`,
  );
}
