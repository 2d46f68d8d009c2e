/** @file How reading an input ended. */
import type { Budget } from "@deepgrain/support";
import { fromBytes, type Generator, toBytes } from "./generator";

/** Why an input is a finding; undefined where the door did what it must. */
export type Finding = string | undefined;

const marksOf = (value: unknown): symbol[] =>
  value === null || value === undefined
    ? []
    : [...Object.getOwnPropertySymbols(value), ...marksOf(Object.getPrototypeOf(value))];

/** Classes of the applications' own errors, which reach a person as they are. */
const applicationErrors = new Set(["UsageError", "FormatError", "RequestRefusal"]);

/** Whether an error is one of a package, with a code, or one of an application. */
export function isTyped(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, name } = error as Error & { code?: unknown };
  const isPackages =
    typeof code === "string" &&
    /^ERR_[A-Z_]+$/.test(code) &&
    marksOf(error).some((mark) => /^deepgrain\..+\.error$/.test(Symbol.keyFor(mark) ?? ""));
  return isPackages || applicationErrors.has(name) || applicationErrors.has(error.constructor.name);
}

/** An error with the places of our programs that it came through, but for those of the fuzzer. */
function shownError(error: unknown): string {
  const places = String((error as Error | undefined)?.stack).match(/^ +at .*/gm) ?? [];
  const ours = places.filter(
    (place) => !/node_modules|node:|tooling\/doors\/(src|test|fuzz)\/(?!planted)/.test(place),
  );
  return [String(error).split("\n")[0], ...ours].join("\n");
}

const keysOf = (value: object) => Reflect.ownKeys(value).map(String).join();
const untouched = keysOf(Object.prototype);

/**
 * Reads an input as it would come: JSON values are written and parsed again, so that only what a text can hold comes in.
 * @returns the finding
 */
export async function findingOf(
  generator: Generator,
  input: unknown,
  budget?: Budget,
): Promise<Finding> {
  const fresh = generator.form === "json" ? fromBytes("json", toBytes("json", input)) : input;
  try {
    await generator.read(fresh as never, budget);
  } catch (error) {
    if (!isTyped(error)) return `an error without a type: ${shownError(error)}`;
  }
  if (keysOf(Object.prototype) === untouched) return undefined;
  for (const key of Reflect.ownKeys(Object.prototype))
    if (!untouched.split(",").includes(String(key))) Reflect.deleteProperty(Object.prototype, key);
  return "Object.prototype has another key";
}
