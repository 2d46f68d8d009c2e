import { readFile } from "node:fs/promises";
import { notJson } from "@deepgrain/support/json";
import type { ZodType, z } from "zod";

/** A file does not have the required format. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly code = "ERR_FORMAT";
}

/** Kinds of values in plain words. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** `input_ids[0][2]` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((place, key) => {
    if (typeof key === "number") return `${place}[${key}]`;
    return place === "" ? String(key) : `${place}.${String(key)}`;
  }, "");

/** The fault of a value in one line, without quoting it. */
function faultOf(issue: z.core.$ZodIssue): string {
  const place = placeOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => placeOf([...issue.path, key]));
    return `unknown key ${keys.join(", ")}`;
  }
  const what = place === "" ? "it" : place;
  if (issue.code === "invalid_type") {
    const wanted = kinds[issue.expected] ?? issue.expected;
    const [, came] = /received (\w+)/.exec(issue.message) ?? [];
    if (came === "undefined") return `${what} is missing: expected ${wanted}`;
    return `${what} must be ${wanted}${came === undefined ? "" : `, got ${kinds[came] ?? came}`}`;
  }
  if (issue.code === "invalid_union") return `${what} has none of the forms that it may have`;
  return `${what}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

/** Faults that a message lists; the others are counted. */
const LISTED = 3;

/**
 * Checks a value against a schema.
 * @param where the file, and its line if it has some, as the error names it
 * @throws {FormatError} with the location of each wrong value and what was expected
 */
export function checkForm<T>(value: unknown, schema: ZodType<T>, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const faults = issues.slice(0, LISTED).map(faultOf);
  const more = issues.length > LISTED ? [`and ${issues.length - LISTED} more`] : [];
  throw new FormatError(`${where}: ${[...faults, ...more].join("; ")}`, { cause: result.error });
}

/**
 * Reads a JSON file and checks its format.
 * @throws {FormatError} when it is not JSON or not of the form; what reading throws
 */
export async function readJson<T>(path: string, schema: ZodType<T>): Promise<T> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${path}: ${notJson(text)}`, { cause });
  }
  return checkForm(value, schema, path);
}
