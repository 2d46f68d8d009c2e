import { readFile } from "node:fs/promises";
import { type ZodType, z } from "zod";

/** A file does not have the required format. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly code = "ERR_FORMAT";
}

/**
 * Checks a value against a schema.
 * @throws {FormatError} with the location of the wrong value and the expected type
 */
export function checkForm<T>(value: unknown, schema: ZodType<T>, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new FormatError(`${where}: ${z.prettifyError(result.error)}`, { cause: result.error });
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
    throw new FormatError(`${path}: not JSON (${(cause as Error).message})`, { cause });
  }
  return checkForm(value, schema, path);
}
